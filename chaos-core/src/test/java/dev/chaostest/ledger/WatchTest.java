// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Lane;
import dev.chaostest.work.Workers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WatchTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Ledger ledger = new Ledger(() -> 0);

    private static Predicate<LedgerEntry> noted(String text) {
        return entry -> entry instanceof LedgerEntry.Noted noted && noted.text().equals(text);
    }

    @Test
    void eventBetweenTheActAndTheWaitIsNotMissed() throws InterruptedException {
        try (Watch watch = ledger.watch(noted("it"))) {
            ledger.noted("something else");
            ledger.noted("it");

            assertThat(watch.await(Duration.ZERO).sequence()).isEqualTo(2);
        }
    }

    @Test
    void entriesFromBeforeDoNotCount() {
        ledger.noted("it");
        try (Watch watch = ledger.watch(noted("it"))) {
            assertThatThrownBy(() -> watch.await(Duration.ofMillis(1))).isInstanceOf(ChaosException.class);
        }
    }

    @Test
    void firstMatchingEntryIsKept() throws InterruptedException {
        try (Watch watch = ledger.watch(LedgerEntry.class::isInstance)) {
            ledger.noted("first");
            ledger.noted("second");

            assertThat(watch.await(LONG)).hasToString("#1 +0us noted: first");
            assertThat(watch.await(LONG)).hasToString("#1 +0us noted: first");
        }
    }

    @Test
    void eachWatchLooksOutForItself() throws InterruptedException {
        try (Watch one = ledger.watch(noted("one"));
                Watch two = ledger.watch(noted("two"))) {
            ledger.noted("two");
            ledger.noted("one");

            assertThat(one.await(LONG).sequence()).isEqualTo(2);
            assertThat(two.await(LONG).sequence()).isEqualTo(1);
        }
    }

    @Test
    void waitsForWhatAnotherThreadWrites() throws InterruptedException {
        CountDownLatch attached = new CountDownLatch(1);
        Workers.of(2).run(worker -> {
            if (worker.index() == 0) {
                try (Watch watch = ledger.watch(noted("it"))) {
                    attached.countDown();
                    watch.await(LONG);
                }
            } else {
                attached.await();
                ledger.noted("it");
            }
        });

        assertThat(ledger.entries()).hasSize(1);
    }

    @Test
    void manyThreadsEachSeeTheirOwn() throws InterruptedException {
        assertThat(Workers.of(8)
                        .call(worker -> {
                            Lane lane = worker.lane();
                            try (Watch watch = ledger.watch(noted(lane + " 99"))) {
                                IntStream.range(0, 100).forEach(n -> ledger.noted(lane + " " + n));
                                return ((LedgerEntry.Noted) watch.await(LONG)).text();
                            }
                        })
                        .values())
                .hasSize(8)
                .startsWith("worker-0 99", "worker-1 99");
    }

    @Test
    void deadlineSaysWhatCameInstead() {
        IntStream.rangeClosed(1, 12).forEach(n -> ledger.noted("n" + n));
        try (Watch watch = ledger.watch(noted("it"))) {
            assertThatThrownBy(() -> watch.await(Duration.ofMillis(5)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("""
                            The watched ledger entry must come within 5ms, but did not. Check what the code did instead; \
                            the last entries are:
                              #3 +0us noted: n3
                              #4 +0us noted: n4
                              #5 +0us noted: n5
                              #6 +0us noted: n6
                              #7 +0us noted: n7
                              #8 +0us noted: n8
                              #9 +0us noted: n9
                              #10 +0us noted: n10
                              #11 +0us noted: n11
                              #12 +0us noted: n12""");
        }
    }

    @Test
    void closedWatchSeesNothingMore() {
        Watch watch = ledger.watch(LedgerEntry.class::isInstance);
        watch.close();
        watch.close();
        ledger.noted("late");

        assertThatThrownBy(() -> watch.await(Duration.ofMillis(1))).isInstanceOf(ChaosException.class);
    }

    @Test
    void assertionThatFailsInAConditionReachesTheWaiterAndNotTheWriter() {
        Watch watch = ledger.watch(entry -> {
            throw new AssertionError("not this one");
        });

        ledger.noted("anything");

        assertThatThrownBy(() -> watch.await(Duration.ofSeconds(30)))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The condition of a watch must not throw, but threw java.lang.AssertionError: not this one. "
                                + "Let it answer for every entry.");
    }

    @Test
    void conditionThatThrowsReachesTheWaiterAndNotTheWriter() {
        IllegalArgumentException bug = new IllegalArgumentException("a bug");
        try (Watch watch = ledger.watch(entry -> {
            throw bug;
        })) {
            ledger.noted("goes on");

            assertThat(ledger.entries()).hasSize(1);
            assertThatThrownBy(() -> watch.await(LONG))
                    .isInstanceOf(ChaosException.class)
                    .hasCause(bug)
                    .hasMessage("The condition of a watch must not throw, but threw "
                            + "java.lang.IllegalArgumentException: a bug. Let it answer for every entry.");
        }
    }

    @Test
    void waitEndsWhenInterrupted() {
        try (Watch watch = ledger.watch(LedgerEntry.class::isInstance)) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> watch.await(LONG)).isInstanceOf(InterruptedException.class);
        }
    }
}
