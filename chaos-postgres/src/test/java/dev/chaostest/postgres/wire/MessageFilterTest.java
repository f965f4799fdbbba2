// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.link.CutKind;
import dev.chaostest.link.Filter;
import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.message.CancelOnServer;
import dev.chaostest.postgres.wire.message.CorruptByte;
import dev.chaostest.postgres.wire.message.DropRest;
import dev.chaostest.postgres.wire.message.Slice;
import dev.chaostest.postgres.wire.message.Swallow;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import dev.chaostest.time.VirtualTime;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each fault at a message wants done, however the network cuts the stream. */
class MessageFilterTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Letters of types, and steps between them. */
    private static final class Types implements Steps {

        private final StringBuilder text = new StringBuilder();
        private final StringBuilder server = new StringBuilder();
        private final StringBuilder client = new StringBuilder();

        private static String latin(ByteBuffer bytes) {
            return StandardCharsets.ISO_8859_1.decode(bytes).toString();
        }

        @Override
        public void toServer(ByteBuffer bytes) {
            server.append(latin(bytes));
        }

        @Override
        public void toServerInTurn(Supplier<ByteBuffer> bytes) {
            toServer(bytes.get());
        }

        @Override
        public void toClient(ByteBuffer bytes) {
            client.append(latin(bytes));
        }

        @Override
        public void holdToServer(Hold hold) {
            server.append(" | ");
        }

        @Override
        public void holdToClient(Hold hold) {
            client.append(" | ");
        }

        @Override
        public void cut(Runnable done) {
            cut(CutKind.FIN, done);
        }

        @Override
        public void cut(CutKind kind, Runnable done) {
            text.append(kind == CutKind.RST ? "reset" : "cut");
            done.run();
        }

        @Override
        public String toString() {
            return (">" + server + " <" + client + " " + text).strip();
        }
    }

    private static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("Query", new Swallow(), "> <Ta.Da.Db.C.ZI", "swallowed"),
                Arguments.of("Query", new Delay(SECOND, SECOND, When.BEFORE), "> | Qx. <Ta.Da.Db.C.ZI", "none"),
                Arguments.of("Query", new Delay(SECOND, SECOND, When.AFTER), ">Qx. |  <Ta.Da.Db.C.ZI", "none"),
                Arguments.of("Query", new Cut(When.BEFORE), "> < cut", Cut.CAME_BACK),
                Arguments.of("Query", Cut.reset(When.AFTER), ">Qx. < reset", Cut.CAME_BACK),
                Arguments.of("Query", Slice.of(4), ">Q... | 6x. <Ta.Da.Db.C.ZI", "in pieces"),
                Arguments.of("Query", DropRest.fromIt(), "> <Ta.Da.Db.C.ZI", "dropped"),
                Arguments.of("DataRow", new Swallow(), ">Qx. <Ta.Db.C.ZI", "swallowed"),
                Arguments.of("DataRow", new Hang(When.BEFORE), ">Qx. <Ta. | Da.Db.C.ZI", "none"),
                Arguments.of("DataRow", new Hang(When.AFTER), ">Qx. <Ta.Da. | Db.C.ZI", "none"),
                Arguments.of("DataRow", new Cut(When.AFTER), ">Qx. <Ta.Da. cut", Cut.CAME_BACK),
                Arguments.of("DataRow", DropRest.behindIt(), ">Qx. <Ta.Da.", "dropped"),
                Arguments.of("DataRow", DropRest.fromIt(), ">Qx. <Ta.", "dropped"),
                Arguments.of("CommandComplete", Slice.of(3), ">Qx. <Ta.Da.Db.C.. | .5.ZI", "in pieces"),
                Arguments.of("ReadyForQuery", new Swallow(), ">Qx. <Ta.Da.Db.C.", "swallowed"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void eachDoesTheSameInPiecesOfAnySize(String message, Fault fault, String done, String answer) {
        for (int size : new int[] {Integer.MAX_VALUE, 1, 2, 3, 4, 5, 6, 7, 8, 13}) {
            Round round = round(message, fault);
            assertThat(letters(run(round, size)))
                    .as("%s at %s in pieces of %d", fault, message, size)
                    .isEqualTo(done);
            assertThat(answers(round)).isEqualTo(answer.equals("none") ? List.of() : List.of(answer));
        }
    }

    @ParameterizedTest
    @MethodSource("corruptions")
    void oneBitIsWrongInPiecesOfAnySize(CorruptByte fault) {
        String right = run(round("Sync", Delay.of(SECOND)), Integer.MAX_VALUE);
        String whole = run(round("DataRow", fault), Integer.MAX_VALUE);
        assertThat(whole).isNotEqualTo(right);
        for (int size : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 13}) {
            Round round = round("DataRow", fault);
            assertThat(run(round, size)).as("pieces of %d", size).isEqualTo(whole);
            assertThat(answers(round)).containsExactly("one bit wrong");
        }
    }

    private static Stream<CorruptByte> corruptions() {
        return Stream.of(
                CorruptByte.anywhere(),
                CorruptByte.ofBody(1),
                CorruptByte.ofType(),
                CorruptByte.ofLength(4),
                CorruptByte.ofLength(0));
    }

    /** The address of the server is not known here, so the statement that cancels itself comes at once. */
    @ParameterizedTest
    @MethodSource("sizes")
    void stoppedAnswersAreFollowedByARealError(int size) {
        Round round = round("DataRow", new CancelOnServer());
        try (WireMount wire = WireMount.twinOf("message");
                var armed = wire.mount().arm(round)) {
            Types steps = new Types();
            Filter filter = started(wire, steps);
            feed(filter, true, Messages.query("x"), size, steps);
            feed(filter, false, answer('T'), size, steps);
            String sent = steps.server.toString();
            assertThat(sent).contains("pg_cancel_backend");
            assertThat(letters(steps.client.toString())).isEqualTo("Ta.");
            feed(
                    filter,
                    false,
                    Messages.joined(List.of(
                            Messages.message('E', Messages.text("SERROR"), Messages.text("C57014"), new byte[1]),
                            Messages.message('Z', new byte[] {'E'}))),
                    size,
                    steps);
            assertThat(steps.client.toString()).contains("C57014").endsWith("E");
        }
        assertThat(answers(round)).containsExactly("57014");
        assertThat(round.mismatches()).isEmpty();
    }

    private static Stream<Integer> sizes() {
        return Stream.of(1_000, 1, 3, 7);
    }

    private static Round round(String message, Fault fault) {
        return new Round(
                "test",
                Plan.of(new Seed(1), Rule.of(WireTarget.message(message), Trigger.nth(1), fault)),
                new VirtualTime());
    }

    private static Filter started(WireMount wire, Types steps) {
        Filter filter = wire.newFilter();
        filter.fromClient(ByteBuffer.wrap(RawMessages.startup(3 << 16)), steps);
        filter.fromServer(Messages.message('Z', new byte[] {'I'}), new Types());
        steps.server.setLength(0);
        return filter;
    }

    private static ByteBuffer answer(char status) {
        return Messages.joined(List.of(
                Messages.message('T', Messages.text("a")),
                Messages.message('D', Messages.text("a")),
                Messages.message('D', Messages.text("b")),
                Messages.message('C', Messages.text("")),
                Messages.message('Z', new byte[] {(byte) status})));
    }

    private static String run(Round round, int size) {
        try (WireMount wire = WireMount.twinOf("message")) {
            Types steps = new Types();
            Filter filter = started(wire, steps);
            try (var armed = wire.mount().arm(round)) {
                feed(filter, true, Messages.query("x"), size, steps);
                feed(filter, false, answer('I'), size, steps);
            }
            return steps.toString();
        }
    }

    /** Without lengths where messages are whole; NUL as a dot. */
    private static String letters(String bytes) {
        String whole = bytes.replaceAll("(?s)([A-Z])\0\0\0[\1-\\x0f](?! \\|)", "$1");
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < whole.length(); at++) {
            char each = whole.charAt(at);
            text.append(each == 0 ? "." : each < ' ' ? String.format(Locale.ROOT, "%d", (int) each) : "" + each);
        }
        return text.toString();
    }

    private static List<String> answers(Round round) {
        return round.ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
    }

    private static void feed(Filter filter, boolean fromClient, ByteBuffer bytes, int size, Steps steps) {
        byte[] all = new byte[bytes.remaining()];
        bytes.get(all);
        for (int from = 0; from < all.length; from += Math.min(size, all.length - from)) {
            ByteBuffer piece = ByteBuffer.wrap(all, from, Math.min(size, all.length - from));
            if (fromClient) {
                filter.fromClient(piece, steps);
            } else {
                filter.fromServer(piece, steps);
            }
        }
    }
}
