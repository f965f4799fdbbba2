// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static dev.chaostest.link.Ends.pass;
import static dev.chaostest.link.Ends.receive;
import static dev.chaostest.link.Ends.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.chaostest.ChaosScope;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a filter wants done happens to any client of a link. */
class FilteredLinkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Silence can't be waited for; this is how long nothing must come. */
    private static final int SILENCE_MILLIS = 50;

    private final Letters filter = new Letters();
    private Ends ends;
    private TcpLink link;
    private Ends.Both both;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
        link = TcpLink.open("bank", ends.address(), () -> {}, () -> filter);
        both = ends.connect(link);
    }

    @AfterEach
    void close() throws IOException {
        link.close();
        ends.close();
        assertThat(link.residue()).isEmpty();
        assertThat(filter.closed).hasValue(1);
    }

    @Test
    void bytesPassBothWaysAsTheFilterSays() throws IOException {
        send(both.client(), "aSbDc");
        assertThat(receive(both.server(), 5)).isEqualTo("abDDc");
        send(both.server(), "sasbdts");
        assertThat(receive(both.client(), 4)).isEqualTo("abdd");
        assertThat(receive(both.server(), 1)).isEqualTo("!");
    }

    @Test
    void filterAnswersInTheServersName() throws IOException {
        send(both.client(), "T");
        assertThat(receive(both.client(), 1)).isEqualTo("!");
        hearsNothing(both.server());
        assertThat(pass(both.client(), both.server(), "a")).isEqualTo("a");
        assertThat(pass(both.server(), both.client(), "b")).isEqualTo("b");
    }

    @Test
    void whatIsHeldToTheServerWaitsWhileTheOtherWayGoesOn() throws IOException {
        send(both.client(), "aHb");
        assertThat(receive(both.server(), 1)).isEqualTo("a");
        hearsNothing(both.server());
        assertThat(pass(both.server(), both.client(), "reply")).isEqualTo("reply");
        send(both.client(), "c");
        hearsNothing(both.server());

        release();

        assertThat(receive(both.server(), 2)).isEqualTo("bc");
        assertThat(filter.ended).hasValue(Hold.End.RELEASED);
        assertThat(pass(both.client(), both.server(), "d")).isEqualTo("d");
    }

    @Test
    void whatIsHeldToTheClientWaitsWhileTheOtherWayGoesOn() throws IOException {
        send(both.server(), "ahb");
        assertThat(receive(both.client(), 1)).isEqualTo("a");
        hearsNothing(both.client());
        assertThat(pass(both.client(), both.server(), "question")).isEqualTo("question");

        release();

        assertThat(receive(both.client(), 1)).isEqualTo("b");
    }

    @Test
    void heldBytesGoOnWhenTheyAreDue() throws IOException {
        filter.length = Duration.ofMillis(60);
        long begin = System.nanoTime();
        send(both.client(), "Ha");
        assertThat(receive(both.server(), 1)).isEqualTo("a");
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(60));
        assertThat(filter.ended).hasValue(Hold.End.DUE);
    }

    @Test
    void bytesAreMadeWhenItIsTheirTurn() throws IOException {
        send(both.client(), "HLa");
        awaitHold();
        filter.late.set('y');
        release();
        assertThat(receive(both.server(), 2)).isEqualTo("ya");
    }

    @Test
    void cutDeliversWhatCameBeforeAndEndsInOrderForBoth() throws IOException {
        send(both.server(), "b");
        assertThat(receive(both.client(), 1)).isEqualTo("b");
        send(both.client(), "acXlost");
        assertThat(receive(both.server(), 100)).isEqualTo("ac");
        assertThat(receive(both.client(), 100)).isEmpty();
        assertThat(filter.cuts).hasValue(1);
        await().dontCatchUncaughtExceptions().atMost(PATIENCE).until(() -> link.connections() == 0);
    }

    @Test
    void cutIsToldOfBeforeTheClientHearsTheLastBeforeIt() throws IOException {
        send(both.server(), "ax");
        assertThat(receive(both.client(), 1)).isEqualTo("a");
        assertThat(filter.cuts).hasValue(1);
        assertThat(receive(both.client(), 100)).isEmpty();
        assertThat(receive(both.server(), 100)).isEmpty();
    }

    @Test
    void cutWaitsForTheHoldBeforeIt() throws IOException {
        send(both.client(), "HaX");
        awaitHold();
        hearsNothing(both.client());
        assertThat(filter.cuts).hasValue(0);

        release();

        assertThat(receive(both.server(), 100)).isEqualTo("a");
        assertThat(receive(both.client(), 100)).isEmpty();
        assertThat(filter.cuts).hasValue(1);
    }

    @Test
    void resetBreaksForBothBehindWhatCameBefore() throws IOException {
        send(both.client(), "aRlost");
        assertThat(receive(both.server(), 1)).isEqualTo("a");
        sawReset(both.server());
        sawReset(both.client());
        assertThat(filter.cuts).hasValue(1);
    }

    @Test
    void cutTravelsBehindTheBytesThroughALatency() throws Exception {
        VirtualTime time = new VirtualTime();
        Rule slow = Rule.of(LinkTarget.toServer("bank"), Trigger.always(), Latency.of(Duration.ofMillis(200)));
        try (ChaosScope scope = ChaosScope.open("test", Plan.of(new Seed(1), slow), time)) {
            scope.arm(link.mount());
            send(both.client(), "aX");
            time.awaitTimers(1, PATIENCE);
            hearsNothing(both.server());
            time.advance(Duration.ofMillis(200));
            assertThat(receive(both.server(), 100)).isEqualTo("a");
            assertThat(receive(both.client(), 100)).isEmpty();
        }
    }

    @Test
    void holdEndsWhenTheLinkCloses() throws IOException {
        send(both.client(), "Ha");
        awaitHold();
        link.close();
        assertThat(filter.ended).hasValue(Hold.End.CLOSED);
        assertThat(receive(both.server(), 100)).isEmpty();
    }

    @Test
    void holdEndsWhenTheClientLeavesAndWhatWasHeldIsLost() throws IOException {
        filter.halfClose = false;
        send(both.client(), "aHb");
        awaitHold();
        both.client().close();
        assertThat(receive(both.server(), 100)).isEqualTo("a");
        assertThat(filter.ended).hasValue(Hold.End.CLOSED);
    }

    @Test
    void clientThatOnlyHalfClosesHasWhatWasHeldDelivered() throws IOException {
        send(both.client(), "aHb");
        awaitHold();
        both.client().shutdownOutput();
        assertThat(receive(both.server(), 1)).isEqualTo("a");
        hearsNothing(both.server());
        release();
        assertThat(receive(both.server(), 100)).isEqualTo("b");
        assertThat(pass(both.server(), both.client(), "reply")).isEqualTo("reply");
    }

    @Test
    void holdEndsWhenTheClientBreaks() throws IOException {
        send(both.client(), "Ha");
        awaitHold();
        both.client().setSoLinger(true, 0);
        both.client().close();
        sawReset(both.server());
        assertThat(filter.ended).hasValue(Hold.End.CLOSED);
    }

    @Test
    void serverThatEndsIsHeardOfBehindWhatIsHeldToTheClient() throws IOException {
        send(both.server(), "ahb");
        awaitHold();
        both.server().shutdownOutput();
        assertThat(receive(both.client(), 1)).isEqualTo("a");
        hearsNothing(both.client());
        release();
        assertThat(receive(both.client(), 100)).isEqualTo("b");
    }

    @Test
    void filterThatFailsEndsTheConnection() throws IOException {
        send(both.client(), "aF");
        sawEnd(both.client());
        sawEnd(both.server());
    }

    @Test
    void moreThanAMebibyteIsNotKeptForAHold() throws Exception {
        send(both.client(), "H");
        awaitHold();
        AtomicLong sent = new AtomicLong();
        int more = 64 << 20;
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> fill(sent, more));
        await().dontCatchUncaughtExceptions().atMost(PATIENCE).until(() -> sent.get() >= 1L << 20 && stands(sent));
        assertThat(sent.get()).isBetween(1L << 20, 40L << 20);

        CompletableFuture<Long> arrived = CompletableFuture.supplyAsync(this::countUntilQuiet);
        release();

        sending.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        both.client().shutdownOutput();
        assertThat(arrived.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(more);
    }

    private final AtomicLong seen = new AtomicLong(-1);

    private boolean stands(AtomicLong sent) {
        return sent.get() > 0 && seen.getAndSet(sent.get()) == sent.get();
    }

    private void fill(AtomicLong sent, int bytes) {
        try {
            byte[] piece = new byte[16 << 10];
            while (sent.get() < bytes) {
                both.client().getOutputStream().write(piece);
                sent.addAndGet(piece.length);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private long countUntilQuiet() {
        try {
            long count = 0;
            byte[] piece = new byte[64 << 10];
            for (int n = both.server().getInputStream().read(piece);
                    n >= 0;
                    n = both.server().getInputStream().read(piece)) {
                count += n;
            }
            return count;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitHold() {
        try {
            assertThat(filter.held.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void release() {
        awaitHold();
        @Nullable Hold hold = filter.hold;
        if (hold != null) {
            hold.release();
        }
    }

    private static void hearsNothing(Socket at) throws IOException {
        at.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> at.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        at.setSoTimeout(Ends.PATIENCE_MILLIS);
    }

    private static void sawReset(Socket at) {
        assertThatThrownBy(() -> at.getInputStream().readNBytes(100))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    private static void sawEnd(Socket at) throws IOException {
        try {
            at.getInputStream().readAllBytes();
        } catch (SocketException reset) { // an end, too
            assertThat(reset).hasMessageContaining("reset");
        }
    }
}
