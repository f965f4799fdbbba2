// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.isolation.SwitchedSource;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.time.TimeSource;
import dev.chaostest.time.VirtualTime;
import dev.chaostest.watch.Sample;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

@Timeout(120)
class MonitorRecorderTest {

    private static ConditionFactory awaiting(String what) {
        return Patience.await(what).pollInterval(Duration.ofMillis(2));
    }

    @Test
    void whoWaitedStandsInTheTimelineWhenItIsOver() throws Exception {
        try (Sessions sessions = new Sessions();
                ChaosScope scope = ChaosScope.open("waits", new Plan(Seed.random(), List.of()))) {
            MonitorRecorder recorder = scope.own(
                    "the recorder",
                    MonitorRecorder.start(Sessions.source(), Duration.ofMillis(2), TimeSource.system()));
            String update = "UPDATE " + sessions.table() + " SET balance = 0 WHERE id = 1";
            Connection holder = sessions.begin("holder", update);
            Connection waiter = sessions.open("waiter");
            sessions.start(waiter, update);
            Blocking wait = new Blocking(Sessions.pid(waiter), Sessions.pid(holder));
            awaiting("the wait must be seen").until(() -> hasSeen(recorder, wait));
            holder.rollback();
            awaiting("its end must be seen").until(() -> !hasSeenLast(recorder, wait));

            assertThat(recorder.states()).anyMatch(state -> state.blockings().contains(wait));
            assertThat(scope.reportables()).containsExactly(recorder);
            assertThat(recorder.title()).isEqualTo("What PostgreSQL did while the test ran");
            assertThat(String.join("\n", recorder.lines()))
                    .containsPattern("waiting: .*" + wait.waiting() + " for " + wait.blocking())
                    .containsPattern("\nWho waited for whom at 2.*\n  pid ")
                    .contains(sessions.schema() + " waiter, active");
        }
    }

    private static boolean hasSeen(MonitorRecorder recorder, Blocking wait) {
        return recorder.samples().stream().anyMatch(sample -> has(sample, wait));
    }

    private static boolean hasSeenLast(MonitorRecorder recorder, Blocking wait) {
        List<Sample<Pulse>> samples = recorder.samples();
        return has(samples.get(samples.size() - 1), wait);
    }

    private static boolean has(Sample<Pulse> sample, Blocking wait) {
        Pulse pulse = sample.value();
        return pulse != null && pulse.waits().contains(wait);
    }

    @Test
    void aServerThatDiesIsAGapInTheTimeline() throws Exception {
        PGSimpleDataSource bank = new PGSimpleDataSource();
        try (PostgresServer first = PostgresServer.start(ServerOptions.ofDefaults());
                PostgresServer second = PostgresServer.start(ServerOptions.ofDefaults())) {
            bank.setUrl(first.jdbcUrl());
            try (MonitorRecorder recorder = MonitorRecorder.start(bank, Duration.ofMillis(5), TimeSource.system())) {
                awaiting("it must see the server").until(() -> isAlive(recorder));
                first.close();
                awaiting("it must see the end").until(() -> !isAlive(recorder));
                bank.setUrl(second.jdbcUrl());
                awaiting("it must see the next").until(() -> isAlive(recorder));

                assertThat(recorder.lines())
                        .anyMatch(line -> line.contains("threw org.postgresql.util.PSQLException"))
                        .last()
                        .asString()
                        .contains(" 0 idle in transaction");
            }
        }
    }

    private static boolean isAlive(MonitorRecorder recorder) {
        List<Sample<Pulse>> samples = recorder.samples();
        return !samples.isEmpty() && samples.get(samples.size() - 1).value() != null;
    }

    @Test
    void itHasOneConnectionOfItsOwnAndEndsIt() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        AtomicReference<Thread> asking = new AtomicReference<>();
        DataSource source = new SwitchedSource(() -> {
            asked.incrementAndGet();
            asking.set(Thread.currentThread());
            return Sessions.source();
        });
        VirtualTime time = new VirtualTime();
        MonitorRecorder recorder = MonitorRecorder.start(source, Duration.ofSeconds(1), time);
        for (int turn = 1; turn <= 5; turn++) {
            int taken = turn;
            awaiting("turn " + turn).until(() -> recorder.samples().size() >= taken);
            time.awaitTimers(1, Duration.ofSeconds(30));
            time.advance(Duration.ofSeconds(1));
        }
        recorder.close();
        recorder.close();

        assertThat(asked).hasValue(1);
        assertThat(asking.get().getName()).isEqualTo("chaos-monitor-PostgreSQL");
        assertThat(asking.get().isAlive()).isFalse();
        assertThat(recorder.samples()).hasSizeGreaterThanOrEqualTo(5);
    }
}
