// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static dev.chaostest.link.Ends.receive;
import static dev.chaostest.link.Ends.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.chaostest.ChaosScope;
import dev.chaostest.FindingError;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.link.toxic.BlackHole;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.link.toxic.Loss;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.schedule.Schedule;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of a link that would wait for ever. */
@Timeout(60)
class HopelessLinkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofMillis(90);

    /** Longer than the limit and the looks that come too late: what is not ended by then is left alone. */
    private static final int MUCH_LONGER_MILLIS = 300;

    private static final String ADVICE =
            "Give the client a time-out for reads that is longer than an answer takes, or the code one that frees it.";

    private Ends ends;
    private ChaosScope scope;
    private TcpLink link;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
        scope = ChaosScope.open("hopeless", Plan.of(new Seed(1)));
        scope.round().linkPatience().limit(LIMIT);
        link = scope.link("bank", ends.address());
    }

    @AfterEach
    void close() throws IOException {
        scope.close();
        ends.close();
        assertThat(link.residue()).isEmpty();
    }

    @Test
    void clientThatWaitsBehindAPartitionIsResetAndFound() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");
        link.partition();
        send(both.client(), "x");
        isReset(both.client());
        isFound("while the link was partitioned");
        await().atMost(PATIENCE).until(() -> link.connections() == 0);
    }

    @Test
    void clientWhoseAnswerIsHeldIsResetAndFound() throws IOException {
        Ends.Both both = ends.connect(link);
        send(both.client(), "x");
        assertThat(receive(both.server(), 1)).isEqualTo("x");
        link.hold();
        send(both.server(), "y");
        isReset(both.client());
        isFound("while the link was held");
    }

    @Test
    void clientThatConnectsDuringAPartitionIsResetAndFound() throws IOException {
        link.partition();
        Socket client = ends.client(link);
        send(client, "x");
        isReset(client);
        isFound("while the link was partitioned");
    }

    @Test
    void clientBehindABlackHoleIsResetAndFound() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");
        scope.inject(Rule.of(LinkTarget.toClient("bank"), Trigger.always(), BlackHole.forEver()));
        send(both.client(), "x");
        assertThat(receive(both.server(), 1)).isEqualTo("x");
        send(both.server(), "y");
        isReset(both.client());
        isFound("while there was a black hole at link:bank toClient");
    }

    @Test
    void clientWhoseQuestionIsLostIsResetAndFound() throws IOException {
        Ends.Both both = ends.connect(link);
        scope.inject(Rule.of(LinkTarget.toServer("bank"), Trigger.always(), Loss.of(1)));
        send(both.client(), "x");
        isReset(both.client());
        isFound("while there was a loss of pieces of 1460 bytes with probability 1.0 at link:bank toServer");
    }

    @Test
    void manyWaitsOfOneKindAreFoundOnce() throws IOException {
        link.partition();
        for (int i = 0; i < 3; i++) {
            Socket client = ends.client(link);
            send(client, "x");
            isReset(client);
        }
        isFound("while the link was partitioned");
    }

    @Test
    void clientThatGivesUpIsNotFound() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");
        both.client().setSoTimeout(1);
        link.partition();
        send(both.client(), "x");
        assertThatThrownBy(() -> both.client().getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        both.client().close();
        isLeftAlone(both.server());
    }

    @Test
    void clientThatGivesUpWhileItConnectsIsNotFoundAndWhatItSaidIsNotLost() throws IOException {
        link.partition();
        Socket client = ends.client(link);
        send(client, "early");
        client.close();
        Socket other = ends.client(link);
        other.setSoTimeout(MUCH_LONGER_MILLIS);
        link.clients((peer, waited, connecting) -> peer.equals(other.getLocalSocketAddress()));
        assertThatThrownBy(() -> other.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        scope.verify();
        other.close(); // else its connection, which may come first, would never end
        link.repair();
        String first = receive(ends.server(), 5);
        assertThat(first.isEmpty() ? receive(ends.server(), 5) : first).isEqualTo("early");
    }

    @Test
    void clientThatWillGiveUpIsAskedAboutAndLeftAlone() throws IOException {
        Ends.Both both = ends.connect(link);
        link.clients((peer, waited, connecting) ->
                peer.equals(both.client().getLocalSocketAddress()) && waited.compareTo(LIMIT) >= 0 && connecting);
        link.partition();
        send(both.client(), "x");
        isLeftAlone(both.client());
    }

    @Test
    void idleClientIsNotFound() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");
        link.partition();
        send(both.server(), "nobody asked for that");
        isLeftAlone(both.client());
        link.repair();
        assertThat(receive(both.client(), 5)).isEqualTo("nobod");
    }

    @Test
    void slowServerIsNoFinding() throws IOException {
        Ends.Both both = ends.connect(link);
        scope.inject(Rule.of(LinkTarget.of("bank"), Trigger.always(), Latency.of(Duration.ofMillis(1))));
        send(both.client(), "x");
        isLeftAlone(both.client());
    }

    @Test
    void faultThatEndsByItselfIsLeftToThat() throws IOException {
        Ends.Both late = ends.connect(link);
        scope.inject(Rule.of(LinkTarget.toServer("bank").liveOnly(), Trigger.nth(1), Latency.of(Duration.ofHours(1))));
        send(late.client(), "x");
        isLeftAlone(late.client());
        scope.inject(
                Rule.of(LinkTarget.of("bank").newOnly(), Trigger.nth(1), BlackHole.closingAfter(Duration.ofHours(1))));
        Ends.Both closed = ends.connect(link);
        send(closed.client(), "x");
        isLeftAlone(closed.client());
    }

    @Test
    void scheduleThatRunsIsLeftToEndWhatItDoes() throws IOException {
        Ends.Both both = ends.connect(link);
        scope.run(Schedule.during(Duration.ofHours(1), "partition", link::partition));
        awaitNote("link bank partitioned");
        send(both.client(), "x");
        isLeftAlone(both.client());
    }

    @Test
    void healedLinkIsWatchedNoMore() throws IOException {
        Ends.Both both = ends.connect(link);
        link.partition();
        send(both.client(), "x");
        scope.heal();
        assertThat(receive(both.server(), 1)).isEqualTo("x");
        isLeftAlone(both.client());
    }

    @Test
    void endIsInTheLedger() throws IOException {
        Ends.Both both = ends.connect(link);
        link.partition();
        send(both.client(), "x");
        isReset(both.client());
        assertThat(scope.ledger().entries(LedgerEntry.Noted.class))
                .extracting(LedgerEntry.Noted::text)
                .contains("link bank ended the client " + both.client().getLocalSocketAddress() + " of link bank to "
                        + ends.address() + ", which waited in vain");
    }

    @Test
    void patienceMustBePositive() {
        assertThatThrownBy(() -> scope.round().linkPatience().limit(Duration.ZERO))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The longest wait on a link must be positive, but was 0us. To have no wait end by itself, give a "
                                + "longer time than the test has.");
    }

    @Test
    void patienceIsLongerThanTheUsualTimeouts() {
        try (ChaosScope other = ChaosScope.open("unset", Plan.of(new Seed(1)))) {
            assertThat(other.round().linkPatience().limit()).isEqualTo(Duration.ofSeconds(90));
        }
    }

    private void isFound(String what) {
        assertThatThrownBy(scope::verify)
                .isInstanceOf(FindingError.class)
                .hasMessage("A client of link bank must give up when no answer comes, but one waited longer than 90ms "
                        + what + ", so its connection was ended. " + ADVICE);
    }

    /** Hears nothing for much longer than the limit, and nothing is found. */
    private void isLeftAlone(Socket peer) throws IOException {
        peer.setSoTimeout(MUCH_LONGER_MILLIS);
        assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        peer.setSoTimeout(Ends.PATIENCE_MILLIS);
        scope.verify();
    }

    private void awaitNote(String text) {
        await().atMost(PATIENCE)
                .until(() -> scope.ledger().entries(LedgerEntry.Noted.class).stream()
                        .anyMatch(noted -> noted.text().equals(text)));
    }

    private static void isReset(Socket peer) {
        assertThatThrownBy(() -> peer.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
    }
}
