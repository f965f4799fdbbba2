// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Seed;
import dev.chaostest.work.Workers;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RetryTest {

    private static final RetryPolicy POLICY = RetryPolicy.on(Flaky.REFUSED).withAttempts(4);

    private final LeapingTime time = new LeapingTime();
    private final Retry retry = Retry.of("charge", POLICY, new Seed(77), time);

    @Test
    void successIsNotTriedAgain() throws Exception {
        Flaky flaky = new Flaky();

        assertThat(retry.call(flaky)).isEqualTo("done");

        assertThat(flaky.calls()).isEqualTo(1);
        assertThat(time.waits()).isEmpty();
        assertThat(retry.stats()).isEqualTo(new RetryStats(1, 1, new TreeMap<>(), 0, 0));
    }

    @Test
    void whatIsWorthARetryIsTriedAgainAfterABackOff() throws Exception {
        Flaky flaky = Flaky.refused(2);

        assertThat(retry.call(flaky)).isEqualTo("done");

        assertThat(flaky.calls()).isEqualTo(3);
        assertThat(time.waits()).hasSize(2).allMatch(wait -> wait.compareTo(Duration.ofMillis(200)) <= 0);
        assertThat(retry.stats()).isEqualTo(new RetryStats(1, 3, new TreeMap<>(Map.of("refused", 2L)), 0, 0));
        assertThat(retry.stats().amplification()).isEqualTo(3);
    }

    @Test
    void whatIsNotWorthARetryReachesTheCallerAsItIs() {
        IllegalStateException bug = new IllegalStateException("a bug");

        assertThatThrownBy(() -> retry.call(new Flaky(bug))).isSameAs(bug).hasNoSuppressedExceptions();

        assertThat(retry.stats().attempts()).isEqualTo(1);
        assertThat(retry.stats().exhausted()).isZero();
    }

    @Test
    void failuresFromBeforeAreSuppressedInTheOneThatEndsTheCall() {
        ConnectException refused = new ConnectException("refused");
        IllegalStateException bug = new IllegalStateException("a bug");

        assertThatThrownBy(() -> retry.call(new Flaky(refused, refused, bug))).isSameAs(bug);

        assertThat(bug.getSuppressed()).containsExactly(refused, refused);
    }

    @Test
    void aFailureThatEndsTheCallNeverSuppressesItself() {
        ConnectException same = new ConnectException("refused");
        AtomicInteger asked = new AtomicInteger();
        RetryPolicy once =
                RetryPolicy.on(failure -> asked.incrementAndGet() == 1 ? Optional.of("first") : Optional.empty());

        assertThatThrownBy(() -> Retry.of("charge", once, new Seed(77), time).call(new Flaky(same, same)))
                .isSameAs(same)
                .hasNoSuppressedExceptions();
    }

    @Test
    void anErrorIsNeverTriedAgain() {
        Retry all = Retry.of("charge", RetryPolicy.on(failure -> Optional.of("any")), new Seed(77), time);
        AssertionError error = new AssertionError("wrong balance");
        Flaky flaky = new Flaky(error);

        assertThatThrownBy(() -> all.call(flaky)).isSameAs(error);

        assertThat(flaky.calls()).isEqualTo(1);
    }

    @Test
    void retriesAreCountedByTheClassifiersLabels() throws Exception {
        RetryPolicy two = RetryPolicy.on(Flaky.REFUSED.or(
                        failure -> failure instanceof IllegalStateException ? Optional.of("busy") : Optional.empty()))
                .withAttempts(5);
        Retry counted = Retry.of("charge", two, new Seed(77), time);

        counted.call(new Flaky(new IllegalStateException(), new ConnectException(), new IllegalStateException()));

        assertThat(counted.stats().retries()).containsExactly(Map.entry("busy", 2L), Map.entry("refused", 1L));
    }

    @Test
    void aClassifierThatThrowsEndsTheCall() {
        RetryPolicy broken = RetryPolicy.on(failure -> {
            throw new IllegalStateException("no idea");
        });

        assertThatThrownBy(() -> Retry.of("charge", broken, new Seed(77), time).call(Flaky.refused(1)))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The classifier of retry \"charge\" must not throw, but threw "
                        + "java.lang.IllegalStateException: no idea. Let it answer for every failure.")
                .hasCauseInstanceOf(IllegalStateException.class)
                .satisfies(
                        end -> assertThat(end.getSuppressed()).hasSize(1).allMatch(ConnectException.class::isInstance));
    }

    @Test
    void runIsACallWithoutAResult() throws Exception {
        Flaky flaky = Flaky.refused(1);

        retry.run(flaky::call);

        assertThat(flaky.calls()).isEqualTo(2);
    }

    @Test
    void theSameSeedGivesTheSameBackOffs() {
        assertThat(waits(77, "charge")).hasSize(3).isEqualTo(waits(77, "charge"));
        assertThat(waits(78, "charge")).isNotEqualTo(waits(77, "charge"));
        assertThat(waits(77, "refund")).isNotEqualTo(waits(77, "charge"));
    }

    private static List<Duration> waits(long seed, String name) {
        LeapingTime time = new LeapingTime();
        assertThatThrownBy(() -> Retry.of(name, POLICY, new Seed(seed), time).call(Flaky.refused(4)))
                .isInstanceOf(RetriesExhaustedException.class);
        return time.waits();
    }

    @Test
    void callsOfOneRetryDontWaitAlike() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> retry.call(Flaky.refused(4))).isInstanceOf(RetriesExhaustedException.class);
        }

        assertThat(time.waits().subList(0, 3)).isNotEqualTo(time.waits().subList(3, 6));
    }

    @Test
    void workersGetTheSameBackOffsInWhateverOrderTheyCome() throws InterruptedException {
        assertThat(waitsByLane(4)).hasSize(4).isEqualTo(waitsByLane(1));
    }

    private static Map<Lane, List<Duration>> waitsByLane(int atOnce) throws InterruptedException {
        Map<Lane, List<Duration>> waits = new ConcurrentHashMap<>();
        Retry shared = Retry.of("charge", POLICY, new Seed(77), new LeapingTime())
                .listen(event ->
                        waits.merge(Lane.currentOr(new Lane("none")), List.of(event.delay()), RetryTest::joined));
        Workers.of(4)
                .atOnce(atOnce)
                .classify(failure -> Optional.of("exhausted"))
                .run(worker -> shared.run(Flaky.refused(4)::call));
        return waits;
    }

    private static List<Duration> joined(List<Duration> some, List<Duration> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    @Test
    void manyCallersShareTheCounts() throws InterruptedException {
        Workers.of(8).run(worker -> {
            for (int i = 0; i < 100; i++) {
                retry.call(Flaky.refused(1));
            }
        });

        assertThat(retry.stats()).isEqualTo(new RetryStats(800, 1_600, new TreeMap<>(Map.of("refused", 800L)), 0, 0));
    }

    @Test
    void amplificationOfNothingIsZero() {
        assertThat(retry.stats().amplification()).isZero();
    }

    @Test
    void refusesABlankName() {
        assertThatThrownBy(() -> Retry.of(" ", POLICY, new Seed(77), time))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a retry must have a name, but it was blank. Name what is done, for example \"charge\".");
    }
}
