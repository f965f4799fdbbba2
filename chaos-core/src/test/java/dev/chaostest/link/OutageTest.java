// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static dev.chaostest.link.Ends.receive;
import static dev.chaostest.link.Ends.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutageTest {

    /** Silence can't be waited for; this is how long nothing must come. */
    private static final int SILENCE_MILLIS = 50;

    private Ends ends;
    private ChaosScope scope;
    private TcpLink link;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
        scope = ChaosScope.open("outage", Plan.of(new Seed(1)));
        link = open(scope, ends.address());
    }

    /** A link to that server, owned and armed. */
    TcpLink open(ChaosScope owner, InetSocketAddress server) {
        return owner.link("bank", server);
    }

    @AfterEach
    void close() throws IOException {
        scope.close();
        ends.close();
        assertThat(link.residue()).isEmpty();
    }

    @Test
    void whatIsHeldGoesOnWhenItIsReleased() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");

        link.hold();
        send(both.client(), "there");
        send(both.server(), "back");
        hearsNothing(both.server());
        hearsNothing(both.client());
        link.release();

        assertThat(receive(both.server(), 5)).isEqualTo("there");
        assertThat(receive(both.client(), 4)).isEqualTo("back");
        both.roundTrip("after");
        assertThat(notes()).containsExactly("link bank held", "link bank released");
    }

    @Test
    void aConnectionThatIsOpenedWhileTheLinkHoldsIsMadeAndSilent() throws IOException {
        link.hold();
        Ends.Both both = ends.connect(link);
        send(both.client(), "x");
        hearsNothing(both.server());

        link.release();

        assertThat(receive(both.server(), 1)).isEqualTo("x");
    }

    @Test
    void aPartitionHidesEachEndFromTheOtherUntilItIsRepaired() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");

        link.partition();
        send(both.client(), "late");
        both.client().close();
        Socket newcomer = ends.client(link);
        send(newcomer, "new");
        hearsNothing(both.server());
        link.repair();

        assertThat(receive(both.server(), 100)).isEqualTo("late");
        assertThat(receive(ends.server(), 3)).isEqualTo("new");
        assertThat(notes()).containsExactly("link bank partitioned", "link bank repaired");
    }

    @Test
    void aPartitionHidesAResetToo() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");

        link.partition();
        both.server().setSoLinger(true, 0);
        both.server().close();
        hearsNothing(both.client());
        link.repair();

        sawReset(both.client());
    }

    @Test
    void aCutResetsBothEndsAndRefusesNewOnesUntilItIsRestored() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");
        int port = link.port();

        link.cut();

        sawReset(both.client());
        sawReset(both.server());
        assertThatThrownBy(() -> ends.client(link))
                .isInstanceOf(ConnectException.class)
                .hasMessage("Connection refused");
        await().dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(30))
                .until(() -> link.connections() == 0); // their threads are on the way out

        link.restore();

        assertThat(link.port()).isEqualTo(port);
        ends.connect(link).roundTrip("after");
        assertThat(notes()).containsExactly("link bank cut", "link bank restored");
    }

    @Test
    void aCutIsOverAsSoonAsItIsRestoredHoweverSoonThatIs() throws IOException {
        for (int i = 0; i < 200; i++) { // who still accepts when the port is to be opened again, holds it
            link.cut();
            link.restore();
        }

        ends.connect(link).roundTrip("after");
    }

    @Test
    void inADryRunNothingIsDoneAndTheLedgerSaysWhatWouldBe() throws IOException {
        try (ChaosScope dry = ChaosScope.openDryRun("dry", Plan.of(new Seed(7)))) {
            TcpLink idle = dry.link("idle", link.server());
            idle.hold();
            idle.partition();
            idle.cut();

            ends.connect(idle).roundTrip("unharmed");

            assertThat(dry.ledger().entries(LedgerEntry.Noted.class))
                    .extracting(LedgerEntry.Noted::text)
                    .contains(
                            "dry run: would hold link idle",
                            "dry run: would partition link idle",
                            "dry run: would cut link idle");
        }
    }

    @Test
    void twiceIsHarmlessAndIsWrittenDownOnce() throws IOException {
        Outage first = link.cut();
        Outage second = link.cut();
        first.close();
        second.close();
        link.restore();
        link.hold();
        link.hold();
        link.release();
        link.release();
        link.partition();
        link.partition();
        link.repair();
        link.repair();

        ends.connect(link).roundTrip("after");
        assertThat(notes())
                .containsExactly(
                        "link bank cut",
                        "link bank restored",
                        "link bank held",
                        "link bank released",
                        "link bank partitioned",
                        "link bank repaired");
    }

    @Test
    void aHoldInsideAPartitionStillHoldsWhenThatIsRepaired() throws IOException {
        Ends.Both both = ends.connect(link);
        link.hold();
        link.partition();
        link.repair();
        send(both.client(), "x");
        hearsNothing(both.server());

        link.release();

        assertThat(receive(both.server(), 1)).isEqualTo("x");
    }

    @Test
    void aHoldOfAConnectionThatIsNotMadeYetHoldsItAndNoLonger() throws IOException {
        link.partition();
        Socket newcomer = ends.client(link);
        awaitConnections(1);
        link.hold();
        link.repair();
        send(newcomer, "x");
        Socket server = ends.server();
        hearsNothing(server);

        link.release();

        assertThat(receive(server, 1)).isEqualTo("x");
        new Ends.Both(newcomer, server).roundTrip("after");
    }

    private void awaitConnections(int count) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Ends.PATIENCE_MILLIS);
        while (link.connections() < count) {
            assertThat(System.nanoTime() - end).isNegative();
            Thread.onSpinWait();
        }
    }

    @Test
    void aBlockEndsItsOutageAlsoWhenItFails() throws IOException {
        assertThatThrownBy(() -> link.cut().during(() -> {
                    throw new IOException("half-way");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("half-way");

        ends.connect(link).roundTrip("after");
        assertThat(notes()).containsExactly("link bank cut", "link bank restored");
    }

    @Test
    void aFaultHoldsForABlock() throws IOException {
        Ends.Both both = ends.connect(link);

        link.during(Latency.of(Duration.ofMillis(1)), () -> both.roundTrip("late"));
        both.roundTrip("not late");

        assertThat(scope.fired()).hasSize(1);
        assertThat(notes()).containsExactly("healed: latency of 1ms at link:bank, every time");
    }

    @Test
    void aLinkThatIsClosedWhileItHoldsLeavesNothing() throws IOException {
        Ends.Both both = ends.connect(link);
        link.hold();
        link.partition();
        ends.client(link);
        send(both.client(), "never seen");

        link.close();
        link.close();

        assertThat(link.residue()).isEmpty();
        assertThat(link.connections()).isZero();
        link.release();
        link.repair();
        link.restore();
        assertThatThrownBy(() -> ends.client(link)).isInstanceOf(ConnectException.class);
    }

    @Test
    void healingTheScopeUndoesWhatWasDoneByHand() throws IOException {
        Ends.Both both = ends.connect(link);
        link.hold();
        link.partition();
        send(both.client(), "late");

        scope.heal();

        assertThat(receive(both.server(), 4)).isEqualTo("late");
    }

    @Test
    void healingTheScopeRestoresALinkThatWasCut() throws IOException {
        link.cut();

        scope.heal();

        ends.connect(link).roundTrip("after");
    }

    @Test
    void aFaultNeedsAScope() {
        try (TcpLink alone = TcpLink.open("alone", ends.address())) {
            assertThatThrownBy(() -> alone.inject(Latency.of(Duration.ofMillis(1))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "A scope must be armed on the link alone for \"latency of 1ms\", but none is. Open it by "
                                    + "scope.link(...), or arm its mount.");
        }
    }

    @Test
    void aFaultThatNoLinkCanCarryOutIsRefused() {
        assertThatThrownBy(() -> link.inject(Delay.of(Duration.ofMillis(1))))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "A fault on the link bank must be one of [Refuse, Toxic], but rule \"delay of 1ms before the "
                                + "effect at link:bank, every time\" has a Delay. Use one of those, or another seam.");
    }

    @Test
    void aScopeThatForbidsFaultsForbidsOutagesToo() throws IOException {
        scope.forbidFaults("not here");

        assertThatThrownBy(() -> link.cut()).isInstanceOf(ChaosException.class).hasMessage("not here");
        assertThatThrownBy(() -> link.hold()).hasMessage("not here");
        assertThatThrownBy(() -> link.partition()).hasMessage("not here");
        assertThatThrownBy(() -> link.inject(Latency.of(Duration.ofMillis(1)))).hasMessage("not here");
        ends.connect(link).roundTrip("unhurt");
    }

    private List<String> notes() {
        return scope.ledger().entries(LedgerEntry.Noted.class).stream()
                .map(LedgerEntry.Noted::text)
                .filter(text -> !Set.of("armed on the link bank").contains(text))
                .toList();
    }

    private static void hearsNothing(Socket peer) throws IOException {
        peer.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        peer.setSoTimeout(Ends.PATIENCE_MILLIS);
    }

    private static void sawReset(Socket peer) {
        assertThatThrownBy(() -> peer.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
    }
}
