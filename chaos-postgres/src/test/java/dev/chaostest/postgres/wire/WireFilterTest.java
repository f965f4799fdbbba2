// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.link.Filter;
import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import dev.chaostest.time.VirtualTime;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireFilterTest {

    /** What the filter wants, as one readable line: bytes of one direction are joined. */
    private static final class Transcript implements Steps {

        private final StringBuilder text = new StringBuilder();
        private char last;

        private void bytes(char direction, ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            if (copy.length > 0 && last != direction) {
                text.append('\n').append(direction);
                last = direction;
            }
            text.append(new String(copy, StandardCharsets.ISO_8859_1));
        }

        private void step(String step) {
            text.append('\n').append(step);
            last = 0;
        }

        @Override
        public void toServer(ByteBuffer bytes) {
            bytes('>', bytes);
        }

        @Override
        public void toServerInTurn(Supplier<ByteBuffer> bytes) {
            bytes('>', bytes.get());
        }

        @Override
        public void toClient(ByteBuffer bytes) {
            bytes('<', bytes);
        }

        @Override
        public void holdToServer(Hold hold) {
            step("hold to server");
        }

        @Override
        public void holdToClient(Hold hold) {
            step("hold to client");
        }

        @Override
        public void cut(Runnable done) {
            step("cut");
            done.run();
        }
    }

    private static Stream<Rule> rules() {
        SqlTarget update = SqlTarget.on("UPDATE account");
        Duration second = Duration.ofSeconds(1);
        return Stream.of(
                Rule.of(update, Trigger.probability(0), ServerError.of("40001")),
                Rule.of(update, Trigger.nth(1), ServerError.of("40001")),
                Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), ServerError.of("40001")),
                Rule.of(update, Trigger.nth(1), Delay.of(second)),
                Rule.of(update, Trigger.nth(1), new Delay(second, second, When.AFTER)),
                Rule.of(update, Trigger.nth(1), new Cut(When.BEFORE)),
                Rule.of(update, Trigger.nth(1), new Cut(When.AFTER)),
                Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new Cut(When.AFTER)));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void piecesOfAnySizeGiveTheSameAsOne(Rule rule) {
        Run whole = run(rule, Integer.MAX_VALUE);
        boolean silent = rule.trigger().equals(Trigger.probability(0)) || rule.fault() instanceof Delay;
        assertThat(whole.answers)
                .isEqualTo(
                        silent
                                ? List.of()
                                : rule.fault().mustComeBack().stream().toList());
        for (int size : new int[] {1, 2, 3, 5, 7, 64}) {
            Run pieces = run(rule, size);
            assertThat(pieces.text).isEqualTo(whole.text);
            assertThat(pieces.answers).isEqualTo(whole.answers);
        }
    }

    /** A client that pipelines binds for its second cycle before the first is answered. */
    @Test
    void statementBoundBeforeTheEndOfTheCycleBeforeIsAnArrivalYet() {
        ByteBuffer sync = Messages.message('S');
        Round round = round(Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(2), new Cut(When.BEFORE)));
        try (WireMount wire = WireMount.twinOf("filter");
                var armed = wire.mount().arm(round)) {
            Filter filter = wire.newFilter();
            Transcript transcript = new Transcript();
            feedClient(
                    filter,
                    bytes(List.of(
                            startup(),
                            Messages.parse("u", "UPDATE account SET balance = 1"),
                            Messages.bind("", "u"),
                            Messages.execute(""),
                            sync,
                            Messages.bind("", "u"))),
                    9,
                    transcript);
            feedServer(
                    filter,
                    bytes(List.of(
                            ready('I'),
                            Messages.message('1'),
                            Messages.message('2'),
                            Messages.message('C', Messages.text("UPDATE 1")),
                            ready('I'))),
                    9,
                    transcript);
            feedClient(filter, bytes(List.of(Messages.execute(""))), 9, transcript);
        }
        assertThat(answers(round)).containsExactly(Cut.CAME_BACK);
    }

    /** The server drops what a client still says of a COPY that failed, so a client need not say it. */
    @Test
    void syncBehindACopyThatFailedIsAnsweredAgain() {
        ByteBuffer sync = Messages.message('S');
        ByteBuffer error = Messages.message('E', Messages.text("SERROR"), Messages.text("C22P02"), new byte[1]);
        Round round = round(Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), new Cut(When.AFTER)));
        try (WireMount wire = WireMount.twinOf("filter");
                var armed = wire.mount().arm(round)) {
            Filter filter = wire.newFilter();
            Transcript transcript = new Transcript();
            feedClient(filter, bytes(List.of(startup(), Messages.query("COPY account FROM STDIN"))), 9, transcript);
            feedServer(
                    filter,
                    bytes(List.of(ready('I'), Messages.message('G', new byte[3]), error, ready('I'))),
                    9,
                    transcript);
            feedClient(
                    filter,
                    bytes(List.of(
                            Messages.parse("", "UPDATE account SET balance = 1"),
                            Messages.bind("", ""),
                            Messages.execute(""),
                            sync)),
                    9,
                    transcript);
            feedServer(
                    filter,
                    bytes(List.of(
                            Messages.message('1'),
                            Messages.message('2'),
                            Messages.message('C', Messages.text("UPDATE 1")),
                            ready('I'))),
                    9,
                    transcript);
        }
        assertThat(answers(round)).containsExactly(Cut.CAME_BACK);
    }

    @Test
    void withoutARoundEverythingPassesAsItIs() {
        byte[] client = bytes(client());
        Transcript transcript = new Transcript();
        try (WireMount wire = WireMount.twinOf("filter")) {
            feedClient(wire.newFilter(), client, 11, transcript);
        }
        assertThat(transcript.text).hasToString("\n>" + new String(client, StandardCharsets.ISO_8859_1));
    }

    @Test
    void tlsIsRefusedAndTheStartupGoesOn() {
        Transcript transcript = new Transcript();
        try (WireMount wire = WireMount.twinOf("filter")) {
            Filter filter = wire.newFilter();
            ByteBuffer request =
                    ByteBuffer.allocate(8).putInt(8).putInt(80877103).flip();
            filter.fromClient(request, transcript);
            filter.fromClient(startup(), transcript);
        }
        assertThat(transcript.text.toString()).startsWith("\n<N\n>").contains("user");
    }

    @Test
    void otherProtocolsPassUntouched() {
        Transcript transcript = new Transcript();
        byte[] http = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        try (WireMount wire = WireMount.twinOf("filter")) {
            Filter filter = wire.newFilter();
            feedClient(filter, http, 3, transcript);
            filter.fromServer(ByteBuffer.wrap(http), transcript);
        }
        assertThat(transcript.text).hasToString("\n>GET / HTTP/1.1\r\n\r\n\n<GET / HTTP/1.1\r\n\r\n");
    }

    @Test
    void lostConnectionIsReportedWhereAnAnswerWasDue() {
        try (WireMount wire = WireMount.twinOf("filter")) {
            Round round = round(Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of("40001")));
            try (var armed = wire.mount().arm(round)) {
                Filter filter = wire.newFilter();
                feedClient(filter, bytes(client()), 100, new Transcript());
                filter.closed();
            }
            assertThat(answers(round)).containsExactly("no answer, the connection ended");
            assertThat(round.mismatches()).hasSize(1);
        }
    }

    private record Run(String text, List<String> answers) {}

    private static Run run(Rule rule, int size) {
        Round round = round(rule);
        Transcript transcript = new Transcript();
        try (WireMount wire = WireMount.twinOf("filter");
                var armed = wire.mount().arm(round)) {
            Filter filter = wire.newFilter();
            boolean failing =
                    rule.fault() instanceof ServerError && !rule.trigger().equals(Trigger.probability(0));
            feedClient(filter, bytes(client()), size, transcript);
            feedServer(filter, bytes(server(failing, rule.target().toString().equals("COMMIT"))), size, transcript);
        }
        return new Run(transcript.text.toString(), answers(round));
    }

    private static Round round(Rule rule) {
        return new Round("test", Plan.of(new Seed(1), rule), new VirtualTime());
    }

    private static List<String> answers(Round round) {
        return round.ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
    }

    private static void feedClient(Filter filter, byte[] bytes, int size, Steps steps) {
        for (int from = 0; from < bytes.length; from += Math.min(size, bytes.length - from)) {
            filter.fromClient(ByteBuffer.wrap(bytes, from, Math.min(size, bytes.length - from)), steps);
        }
    }

    private static void feedServer(Filter filter, byte[] bytes, int size, Steps steps) {
        for (int from = 0; from < bytes.length; from += Math.min(size, bytes.length - from)) {
            filter.fromServer(ByteBuffer.wrap(bytes, from, Math.min(size, bytes.length - from)), steps);
        }
    }

    private static ByteBuffer startup() {
        byte[] user = "user\0postgres\0\0".getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + user.length)
                .putInt(8 + user.length)
                .putInt(196608)
                .put(user)
                .flip();
    }

    private static List<ByteBuffer> client() {
        ByteBuffer sync = Messages.message('S');
        return new ArrayList<>(List.of(
                startup(),
                Messages.query("BEGIN"),
                Messages.parse("", "UPDATE account SET balance = $1"),
                Messages.bind("", ""),
                Messages.execute(""),
                sync.duplicate(),
                Messages.parse("S_1", "COMMIT"),
                Messages.bind("", "S_1"),
                Messages.execute(""),
                sync.duplicate(),
                Messages.query("SELECT 1")));
    }

    private static List<ByteBuffer> server(boolean failing, boolean atCommit) {
        ByteBuffer error = Messages.message('E', Messages.text("SERROR"), Messages.text("C40001"), new byte[1]);
        List<ByteBuffer> replies = new ArrayList<>();
        replies.addAll(List.of(Messages.message('R', new byte[4]), ready('I')));
        replies.addAll(List.of(Messages.message('C', Messages.text("BEGIN")), ready('T')));
        replies.addAll(List.of(Messages.message('1'), Messages.message('2')));
        if (failing && !atCommit) {
            replies.addAll(List.of(Messages.message('1'), Messages.message('2'), error, ready('E')));
            replies.add(Messages.message('3'));
        } else {
            replies.addAll(List.of(Messages.message('C', Messages.text("UPDATE 1")), ready('T')));
        }
        replies.addAll(List.of(Messages.message('1'), Messages.message('2')));
        if (failing && atCommit) {
            replies.addAll(List.of(Messages.message('1'), Messages.message('2'), error, ready('E')));
            replies.addAll(List.of(Messages.message('3'), Messages.message('N', new byte[1])));
            replies.addAll(List.of(Messages.message('C', Messages.text("ROLLBACK")), ready('I')));
        } else {
            replies.addAll(List.of(Messages.message('C', Messages.text("COMMIT")), ready('I')));
        }
        replies.addAll(List.of(Messages.message('T', new byte[2]), Messages.message('D', new byte[2])));
        replies.addAll(List.of(Messages.message('C', Messages.text("SELECT 1")), ready('I')));
        return replies;
    }

    private static ByteBuffer ready(char status) {
        return Messages.message('Z', new byte[] {(byte) status});
    }

    private static byte[] bytes(List<ByteBuffer> messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuffer message : messages) {
            byte[] copy = new byte[message.remaining()];
            message.get(copy);
            all.writeBytes(copy);
        }
        return all.toByteArray();
    }
}
