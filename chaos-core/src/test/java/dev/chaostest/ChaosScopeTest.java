// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.mount.Mount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import dev.chaostest.watch.PeriodicMonitor;
import dev.chaostest.work.Classifier;
import dev.chaostest.work.Workers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ChaosScopeTest {

    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Rule CUT = Rule.of(Target.of(COMMIT), Trigger.always(), new Cut(When.BEFORE));
    private static final Rule SLOW = Rule.of(Target.of(COMMIT), Trigger.always(), Delay.of(Duration.ofMillis(1)));

    private final Mount mount = new Mount("the pool bank", "sql", Set.of(Cut.class, Delay.class));
    private final List<String> events = new CopyOnWriteArrayList<>();

    private static ChaosScope scope(String name, Rule... rules) {
        return ChaosScope.open(name, Plan.of(new Seed(77), rules), new VirtualTime());
    }

    private static boolean strikes(ChaosScope scope) {
        return scope.round().at(COMMIT, new Lane("a"), () -> "COMMIT", Set.of()) != null;
    }

    private static List<String> lines(ChaosScope scope) {
        return scope.ledger().entries().stream().map(LedgerEntry::toString).toList();
    }

    @Test
    void saysWhatItIs() {
        Plan plan = Plan.of(new Seed(77), CUT);
        try (ChaosScope scope = ChaosScope.open("payment", plan)) {
            assertThat(scope.name()).isEqualTo("payment");
            assertThat(scope.seed()).isEqualTo(new Seed(77));
            assertThat(scope.plan()).isEqualTo(plan);
            assertThat(scope).hasToString("scope \"payment\" with seed 77");
        }
    }

    @Test
    void whatItOwnsAndHasAPartInTheReportIsKnown() {
        try (ChaosScope scope = scope("payment")) {
            scope.own("pool", () -> events.add("pool"));
            var depth = scope.own("depth", PeriodicMonitor.start("depth", () -> 1, Duration.ofDays(1), scope.time()));

            assertThat(scope.reportables()).containsExactly(depth);
        }
        assertThat(events).containsExactly("pool");
    }

    @Test
    void faultsThatStruckAreListedInOrder() {
        try (ChaosScope scope = scope("payment", SLOW, CUT)) {
            strikes(scope);

            assertThat(scope.fired()).extracting(LedgerEntry.Fired::rule).containsExactly(SLOW, CUT);
        }
    }

    @Nested
    class WhenArmed {

        @Test
        void mountKnowsTheRoundUntilTheScopeCloses() {
            ChaosScope scope = scope("payment", CUT);
            scope.arm(mount);
            assertThat(mount.armed()).isSameAs(scope.round());

            scope.close();
            assertThat(mount.armed()).isNull();
        }

        @Test
        void nextScopeFindsTheMountFree() {
            try (ChaosScope first = scope("first")) {
                first.arm(mount);
            }
            try (ChaosScope second = scope("second")) {
                second.arm(mount);
                assertThat(mount.armed()).isSameAs(second.round());
            }
        }

        @Test
        void healingDisarmsAndEndsEverythingAndIsWrittenDown() {
            try (ChaosScope scope = scope("payment", CUT)) {
                scope.arm(mount);
                scope.round().whenOver(() -> events.add("freed"));
                scope.heal();
                scope.heal();

                assertThat(mount.armed()).isNull();
                assertThat(strikes(scope)).isFalse();
                assertThat(events).containsExactly("freed");
                assertThat(lines(scope))
                        .containsExactly(
                                "#1 +0us planned: " + CUT,
                                "#2 +0us noted: armed on the pool bank",
                                "#3 +0us noted: healed");
            }
        }

        @Test
        void healedScopeIsRefusedAndLeavesTheMountFree() {
            try (ChaosScope scope = scope("payment")) {
                scope.heal();

                assertThatThrownBy(() -> scope.arm(mount))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(
                                "the pool bank must be armed while scope \"payment\" is open, but it is healed. Do it "
                                        + "earlier, or open a new scope.");
                assertThat(mount.armed()).isNull();
            }
        }

        @Test
        void secondScopeIsRefusedAndTheFirstStaysArmed() {
            try (ChaosScope first = scope("first");
                    ChaosScope second = scope("second")) {
                first.arm(mount);

                assertThatThrownBy(() -> second.arm(mount)).isInstanceOf(ChaosException.class);
                second.close();
                assertThat(mount.armed()).isSameAs(first.round());
            }
        }

        @Test
        void ofManyScopesAtATimeEachIsAloneOnTheMount() throws InterruptedException {
            Workers.of(8)
                    .classify(Classifier.of("refused", ChaosException.class))
                    .run(worker -> {
                        try (ChaosScope scope = scope(worker.lane().name())) {
                            scope.arm(mount);
                            assertThat(mount.armed()).isSameAs(scope.round());
                        }
                    })
                    .requireAtLeast("success", 1);

            assertThat(mount.armed()).isNull();
        }
    }

    @Nested
    class WhenClosing {

        @Test
        void healsFirstAndThenClosesInReverseOrder() {
            ChaosScope scope = scope("payment");
            scope.arm(mount);
            scope.own("pool", () -> events.add("pool while armed: " + (mount.armed() != null)));
            scope.own("connection", () -> events.add("connection"));
            scope.round().whenOver(() -> events.add("freed"));
            scope.close();
            scope.close();

            assertThat(events).containsExactly("freed", "connection", "pool while armed: false");
        }

        @Test
        void firstFailureIsThrownAndTheOthersAreSuppressed() {
            IllegalStateException first = new IllegalStateException("first");
            IllegalStateException second = new IllegalStateException("second");
            ChaosScope scope = scope("payment");
            scope.own("pool", () -> {
                throw second;
            });
            scope.own("connection", () -> {
                throw first;
            });

            assertThat(catchThrowable(scope::close)).isSameAs(first).hasSuppressedException(second);
            scope.close();
        }

        @Test
        void failureToHealDoesNotKeepAnythingOpen() {
            IllegalStateException parked = new IllegalStateException("parked");
            IllegalStateException pool = new IllegalStateException("pool");
            ChaosScope scope = scope("payment");
            scope.arm(mount);
            scope.own("pool", () -> {
                events.add("pool");
                throw pool;
            });
            scope.round().whenOver(() -> {
                throw parked;
            });

            assertThat(catchThrowable(scope::close)).isSameAs(parked).hasSuppressedException(pool);
            assertThat(events).containsExactly("pool");
            assertThat(mount.armed()).isNull();
            assertThat(lines(scope)).last().isEqualTo("#2 +0us noted: healed");
        }

        @Test
        void residueIsSaidInFull() {
            ChaosScope scope = scope("payment");
            scope.checkResidue("locks", () -> List.of("account held by backend 4711"));

            assertThatThrownBy(scope::close)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "Scope \"payment\" must leave no locks, but left account held by backend 4711. Close it in "
                                    + "the code under test.");
        }

        @Test
        void resourceThatComesLateIsClosedAndRefused() {
            ChaosScope scope = scope("payment");
            scope.close();

            assertThatThrownBy(() -> scope.own("connection 7", () -> events.add("closed")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "connection 7 must be handed over while scope \"payment\" is open, but it is closed. It was "
                                    + "closed at once; open it earlier.");
            assertThat(events).containsExactly("closed");
        }

        @Test
        void interruptedCloseGoesOn() {
            ChaosScope scope = scope("payment");
            scope.arm(mount);
            scope.own("pool", () -> events.add("pool"));
            Thread.currentThread().interrupt();
            scope.close();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(events).containsExactly("pool");
            assertThat(mount.armed()).isNull();
        }

        @Test
        void manyThreadsCloseOnce() throws InterruptedException {
            ChaosScope scope = scope("payment");
            scope.own("pool", () -> events.add("pool"));
            Workers.of(8).run(worker -> scope.close());

            assertThat(events).containsExactly("pool");
        }
    }
}
