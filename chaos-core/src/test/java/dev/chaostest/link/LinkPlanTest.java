// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static dev.chaostest.link.Ends.pass;
import static dev.chaostest.link.Ends.receive;
import static dev.chaostest.link.Ends.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.UnfulfilledPlanError;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.link.toxic.Bandwidth;
import dev.chaostest.link.toxic.BlackHole;
import dev.chaostest.link.toxic.Corruption;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.link.toxic.Reset;
import dev.chaostest.link.toxic.Slicer;
import dev.chaostest.link.toxic.SlowClose;
import dev.chaostest.link.toxic.Toxic;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** When toxics strike: by connection, direction and age; and when the ledger says so. */
class LinkPlanTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Toxic WRONG = Corruption.perByte(1);
    private static final LinkTarget BANK = LinkTarget.of("bank");

    private final VirtualTime time = new VirtualTime();
    private Ends ends;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
    }

    @AfterEach
    void close() throws IOException {
        ends.close();
    }

    private ChaosScope scope(Rule... rules) {
        return ChaosScope.open("plan", Plan.of(new Seed(5), rules), time);
    }

    @Test
    void theNthHitIsTheNthConnection() throws IOException {
        try (ChaosScope scope = scope(Rule.of(BANK, Trigger.nth(2), WRONG))) {
            TcpLink link = scope.link("bank", ends.address());
            ends.connect(link).roundTrip("first");
            Ends.Both second = ends.connect(link);
            assertThat(pass(second.client(), second.server(), "second")).isNotEqualTo("second");
            assertThat(pass(second.server(), second.client(), "second")).isNotEqualTo("second");
            ends.connect(link).roundTrip("third");

            assertThat(scope.fired()).hasSize(1);
            assertThat(scope.fired().get(0).hit()).hasToString("link:bank, 1st on lane bank-connection-2");
            scope.verify();
        }
    }

    @Test
    void aProbabilityIsAShareOfTheConnectionsAndTheSameForTheSameSeed() throws IOException {
        List<Lane> struck = struckOfForty();

        assertThat(struck).hasSizeBetween(4, 24).isEqualTo(struckOfForty());
    }

    private List<Lane> struckOfForty() throws IOException {
        try (ChaosScope scope = scope(Rule.of(LinkTarget.toServer("bank"), Trigger.probability(0.3), WRONG))) {
            TcpLink link = scope.link("bank", ends.address());
            for (int i = 0; i < 40; i++) {
                Ends.Both both = ends.connect(link);
                pass(both.client(), both.server(), "x");
            }
            return scope.fired().stream().map(fired -> fired.hit().lane()).toList();
        }
    }

    @Test
    void oneDirectionIsSilentlyDeadWhileTheOtherWorks() throws Exception {
        try (ChaosScope scope = scope()) {
            TcpLink link = scope.link("bank", ends.address());
            Ends.Both both = ends.connect(link);
            both.roundTrip("before");
            try (Watch fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance);
                    Injection halfOpen =
                            scope.inject(Rule.of(LinkTarget.toServer("bank"), Trigger.always(), BlackHole.forEver()))) {
                send(both.client(), "lost");
                fired.await(PATIENCE);
                assertThat(pass(both.server(), both.client(), "works")).isEqualTo("works");
            }
            both.roundTrip("after");
        }
    }

    @Test
    void aResetOfOneEndIsHeardByTheOtherWhenItNextSends() throws Exception {
        try (ChaosScope scope = scope()) {
            TcpLink link = scope.link("bank", ends.address());
            Ends.Both both = ends.connect(link);
            both.roundTrip("before");

            scope.inject(Rule.of(LinkTarget.toServer("bank"), Trigger.always(), Reset.now()));

            assertThatThrownBy(() -> both.server().getInputStream().read()).hasMessage("Connection reset");
            send(both.client(), "is anybody there?");
            assertThatThrownBy(() -> both.client().getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
        }
    }

    @Test
    void aRuleIsAskedOnceAboutEachLiveConnectionInTheOrderOfOpening() throws IOException {
        try (ChaosScope scope = scope()) {
            TcpLink link = scope.link("bank", ends.address());
            Ends.Both first = ends.connect(link);
            Ends.Both second = ends.connect(link);
            first.roundTrip("live");
            second.roundTrip("live");

            scope.inject(Rule.of(LinkTarget.toServer("bank"), Trigger.nth(2), WRONG));
            scope.inject(Rule.of(BANK, Trigger.nth(4), new Reset(Duration.ZERO)).mayMiss());

            first.roundTrip("not struck");
            assertThat(pass(second.client(), second.server(), "struck")).isNotEqualTo("struck");
            ends.connect(link).roundTrip("new");
            scope.verify();
            assertThat(scope.fired()).hasSize(1);
        }
    }

    @Test
    void aRuleForNewConnectionsLeavesLiveOnesAlone() throws IOException {
        try (ChaosScope scope = scope()) {
            TcpLink link = scope.link("bank", ends.address());
            Ends.Both live = ends.connect(link);
            live.roundTrip("live");

            scope.inject(Rule.of(BANK.newOnly(), Trigger.nth(1), WRONG));

            live.roundTrip("still");
            Ends.Both fresh = ends.connect(link);
            assertThat(pass(fresh.client(), fresh.server(), "struck")).isNotEqualTo("struck");
        }
    }

    @Test
    void aConnectionThatOutlivesARoundIsLiveInTheNext() throws IOException {
        try (TcpLink link = TcpLink.open("bank", ends.address())) {
            Ends.Both both = ends.connect(link);
            both.roundTrip("no round");
            try (ChaosScope scope = scope(Rule.of(BANK, Trigger.always(), WRONG))) {
                scope.arm(link.mount());
                assertThat(pass(both.client(), both.server(), "struck")).isNotEqualTo("struck");
            }
            both.roundTrip("between");
            try (ChaosScope scope =
                    scope(Rule.of(BANK.newOnly(), Trigger.always(), WRONG).mayMiss())) {
                scope.arm(link.mount());
                both.roundTrip("not new");
                assertThat(scope.fired()).isEmpty();
            }
            both.roundTrip("after");
        }
    }

    @Test
    void aRuleAboutEveryLinkIsDecidedOnceForAConnection() throws IOException {
        try (ChaosScope scope = scope(Rule.of(Target.seam("link"), Trigger.always(), WRONG))) {
            TcpLink link = scope.link("bank", ends.address());
            Ends.Both both = ends.connect(link);

            assertThat(pass(both.client(), both.server(), "x")).isNotEqualTo("x");
            assertThat(pass(both.server(), both.client(), "x")).isNotEqualTo("x");
            assertThat(scope.round().decisions().tallies().get(0).reached()).isEqualTo(1);
            assertThat(scope.round().decisions().seen())
                    .containsOnlyKeys(
                            new Site("link", "bank"),
                            new Site("link", "bank connect"),
                            new Site("link", "bank toClient"),
                            new Site("link", "bank toServer"));
        }
    }

    @Test
    void aToxicOnASilentConnectionHasNotStruckAndIsMissed() throws IOException {
        try (ChaosScope scope = scope(Rule.of(BANK, Trigger.first(1), Latency.of(Duration.ofSeconds(1))))) {
            TcpLink link = scope.link("bank", ends.address());
            ends.connect(link);

            assertThat(scope.fired()).isEmpty();
            assertThatThrownBy(scope::verify)
                    .isInstanceOf(UnfulfilledPlanError.class)
                    .hasMessage(
                            "Every planned fault must strike, and come back as planned, but one did not. Correct its "
                                    + "target (the sites that were seen are below), lower its count, or allow it to miss."
                                    + "\n  missed : planned was latency of 1s at link:bank, hit 1, but it took hold 0 of "
                                    + "1 time; on bank-connection-1 there was nothing to strike"
                                    + "\n  seen   : link:bank (1 hit)"
                                    + "\n  seen   : link:bank connect (1 hit)"
                                    + "\n  seen   : link:bank toClient (1 hit)"
                                    + "\n  seen   : link:bank toServer (1 hit)");
        }
    }

    @Test
    void toxicsAddUp() throws Exception {
        try (ChaosScope scope = scope(
                Rule.of(LinkTarget.toServer("bank"), Trigger.always(), Latency.of(Duration.ofMillis(200))),
                Rule.of(LinkTarget.toServer("bank"), Trigger.always(), Latency.of(Duration.ofMillis(100))))) {
            TcpLink link = scope.link("bank", ends.address());
            Ends.Both both = ends.connect(link);
            send(both.client(), "x");
            time.awaitTimers(1, PATIENCE);
            time.advance(Duration.ofMillis(200));
            time.awaitTimers(1, PATIENCE);
            assertThat(time.timers()).containsExactly(Duration.ofMillis(100));
            time.advance(Duration.ofMillis(100));
            assertThat(receive(both.server(), 1)).isEqualTo("x");
        }
    }

    static List<Toxic> holding() {
        return List.of(
                Latency.of(Duration.ofHours(1)),
                new Bandwidth(1),
                new Slicer(1, 1, Duration.ofHours(1)),
                new SlowClose(Duration.ofHours(1)));
    }

    @ParameterizedTest
    @MethodSource("holding")
    void whatAToxicHeldGoesOnAtOnceWhenItIsHealed(Toxic toxic) throws Exception {
        String text = IntStream.range(0, 500).mapToObj(i -> i + ",").reduce("", String::concat);
        try (ChaosScope scope = scope()) {
            TcpLink link = scope.link("bank", ends.address());
            Ends.Both both = ends.connect(link);
            try (Watch fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance);
                    Injection held = scope.inject(Rule.of(BANK, Trigger.always(), toxic))) {
                send(both.client(), text);
                both.client().shutdownOutput();
                fired.await(PATIENCE);
            }
            assertThat(receive(both.server(), text.length() + 1)).isEqualTo(text);
            assertThat(pass(both.server(), both.client(), "back")).isEqualTo("back");
            assertThat(time.nanos()).isZero();
        }
    }

    @Test
    void takingOneToxicAwayLeavesTheOther() throws Exception {
        try (ChaosScope scope = scope()) {
            TcpLink link = scope.link("bank", ends.address());
            Ends.Both both = ends.connect(link);
            Injection hour = scope.inject(
                    Rule.of(LinkTarget.toServer("bank"), Trigger.always(), Latency.of(Duration.ofHours(1))));
            scope.inject(Rule.of(LinkTarget.toServer("bank"), Trigger.always(), Latency.of(Duration.ofSeconds(1))));
            try (Watch fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
                send(both.client(), "x");
                fired.await(PATIENCE);
            }
            hour.close();
            try (Watch second = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
                if (scope.fired().size() < 2) {
                    second.await(PATIENCE);
                }
            }
            while (!time.timers().equals(List.of(Duration.ofSeconds(1)))) {
                Thread.onSpinWait(); // the thread that writes looks again in a moment
            }
            time.advance(Duration.ofSeconds(1));
            assertThat(receive(both.server(), 1)).isEqualTo("x");
        }
    }
}
