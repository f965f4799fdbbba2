// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.link.TcpLink;
import dev.chaostest.mount.Mount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.schedule.Level;
import dev.chaostest.schedule.RunningSchedule;
import dev.chaostest.schedule.Schedule;
import dev.chaostest.schedule.ScheduleError;
import dev.chaostest.schedule.Victim;
import dev.chaostest.time.TimeSource;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Chaos over time, run by a scope and with the faults of a scope. */
class ScheduledScopeTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Rule CUT = Rule.of(Target.of(COMMIT), Trigger.always(), new Cut(When.BEFORE));

    private final VirtualTime time = new VirtualTime();
    private final Mount mount = new Mount("the pool bank", "sql", Set.of(Cut.class));
    private final AtomicBoolean up = new AtomicBoolean(true);
    private final Victim bank = Victim.of(
            "bank",
            () -> {
                up.set(false);
                return () -> up.set(true);
            },
            up::get);

    private ChaosScope open(TimeSource clock) {
        return ChaosScope.open("payment", Plan.of(new Seed(77)), clock);
    }

    private static boolean strikes(ChaosScope scope) {
        return scope.round().at(COMMIT, new Lane("a"), () -> "COMMIT", Set.of()) != null;
    }

    @Test
    void injectionLastsForASpan() throws InterruptedException {
        try (ChaosScope scope = open(time)) {
            scope.arm(mount);
            RunningSchedule running =
                    scope.run(Schedule.during(Duration.ofSeconds(60), "cut", () -> scope.inject(CUT)));
            time.awaitTimers(1, DEADLINE);
            assertThat(strikes(scope)).isTrue();

            time.advance(Duration.ofSeconds(60));
            running.await(DEADLINE);
            assertThat(strikes(scope)).isFalse();
        }
    }

    @Test
    void closingTheScopeEndsTheSchedule() throws InterruptedException {
        ChaosScope scope = open(time);
        scope.arm(mount);
        RunningSchedule running = scope.run(
                Schedule.combine(Schedule.flap(bank), Schedule.after(Duration.ZERO, "cut", () -> scope.inject(CUT))));
        time.awaitTimers(1, DEADLINE);
        assertThat(up).isFalse();

        scope.close();
        assertThat(up).isTrue();
        assertThat(running.isThrough()).isTrue();
        assertThat(running.steps()).containsExactly("flap bank: down 1", "cut until closed: begins");
        assertThat(scope.ledger().entries(LedgerEntry.Noted.class))
                .extracting(LedgerEntry.Noted::text)
                .containsSubsequence("flap bank: down 1", "healed: " + CUT, "healed");
    }

    @Test
    void scheduleIsStoppedBeforeTheScopeRefusesItsSteps() {
        for (int i = 0; i < 20; i++) {
            ChaosScope scope = open(TimeSource.system());
            scope.arm(mount);
            scope.run(Schedule.combine(
                    Schedule.during(Duration.ofNanos(1), "first", () -> () -> {}),
                    Schedule.wave(Level.of("cut", level -> scope.inject(CUT)), 1, 2)
                            .period(Duration.ofNanos(16))));
            assertThatCode(() -> {
                        try {
                            scope.close();
                        } catch (ScheduleError tooEarly) {
                            assertThat(tooEarly).hasMessageStartingWith("Every schedule must act before it is closed");
                        }
                    })
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void whatWentWrongIsThrownWhenTheScopeCloses() throws InterruptedException {
        ChaosScope scope = open(time);
        scope.run(Schedule.after(Duration.ofSeconds(5), bank));
        time.awaitTimers(1, DEADLINE);

        assertThatThrownBy(scope::close)
                .isInstanceOf(ScheduleError.class)
                .hasMessage(
                        "Every schedule must act before it is closed, but \"bank until closed\" did nothing. Wait for "
                                + "it with await(...), or let it begin earlier.");
        assertThatCode(scope::close).doesNotThrowAnyException();
    }

    @Test
    void healedScopeRefuses() {
        ChaosScope scope = open(time);
        scope.heal();

        assertThatThrownBy(() -> scope.run(Schedule.flap(bank)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("schedule \"flap bank\" must run while scope \"payment\" is open, but it is healed. Do it "
                        + "earlier, or open a new scope.");
        assertThat(up).isTrue();
    }

    @Test
    void scopeThatMustNotHurtRefuses() {
        try (ChaosScope scope = open(time)) {
            scope.forbidFaults("no");

            assertThatThrownBy(() -> scope.run(Schedule.flap(bank)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("no");
        }
    }

    @Test
    void dryRunTakesNothingDown() throws InterruptedException {
        try (ChaosScope scope = ChaosScope.openDryRun("payment", Plan.of(new Seed(77)))) {
            scope.run(Schedule.flap(bank)).await(DEADLINE);
            assertThat(up).isTrue();
        }
    }

    @Test
    void linkFlapsAndClientsSeeIt() throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                TcpLink link = TcpLink.open("bank", (InetSocketAddress) server.getLocalSocketAddress());
                ChaosScope scope = open(TimeSource.system())) {
            Duration moment = Duration.ofMillis(10);
            Victim cut = Victim.of("bank", link::cut, () -> accepts(link.address()));

            RunningSchedule flap =
                    scope.run(Schedule.flap(cut).down(moment).up(moment).times(2));
            flap.await(DEADLINE);

            assertThat(flap.steps()).hasSize(4).endsWith("flap bank: up 2 of 2");
            assertThat(accepts(link.address())).isTrue();
        }
    }

    private static boolean accepts(InetSocketAddress address) {
        try (Socket client = new Socket()) {
            client.connect(address, (int) DEADLINE.toMillis());
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
