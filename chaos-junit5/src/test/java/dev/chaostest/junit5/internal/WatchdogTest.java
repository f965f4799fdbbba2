// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WatchdogTest {

    private static final TestTimeout OURS = new TestTimeout(Duration.ofMillis(100), false);
    private static final TestTimeout LONG = new TestTimeout(Duration.ofMinutes(5), false);
    private static final TestTimeout JUNITS = new TestTimeout(Duration.ofNanos(1), true);

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final Watchdog.Lookout nobody = new Seen(false);

    @Test
    void aTestThatHangsIsInterruptedAndSaysHowLongItHad() {
        assertThatThrownBy(() -> Watchdog.run("BankTest.hangs", OURS, nobody, new CountDownLatch(1)::await))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("BankTest.hangs() timed out after 100ms")
                .satisfies(late ->
                        assertThat(late.getSuppressed()).singleElement().isInstanceOf(InterruptedException.class));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whatAQuickTestThrowsIsPassedOn() {
        AssertionError red = new AssertionError("red");

        assertThatThrownBy(() -> Watchdog.run("BankTest.red", LONG, nobody, () -> {
                    throw red;
                }))
                .isSameAs(red);
    }

    @Test
    void anInterruptOfSomebodyElsesStays() throws Throwable {
        Watchdog.run("BankTest.interrupted", LONG, nobody, Thread.currentThread()::interrupt);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void jUnitsTimeOutsAreLeftToJUnit() throws Throwable {
        Watchdog.run(
                "BankTest.green",
                JUNITS,
                nobody,
                () -> assertThat(Thread.interrupted()).isFalse());
    }

    @Test
    void aTestThatHangsIsLookedAtAheadOfTimeAndBeforeTheInterrupt() {
        assertThatThrownBy(() -> Watchdog.run("BankTest.hangs", OURS, new Seen(true), new CountDownLatch(1)::await))
                .isInstanceOf(TimeoutException.class);
        assertThat(seen).containsExactly("ahead", "late, interrupted: false");
    }

    @Test
    void whereJUnitInterruptsATestIsLookedAtAheadOfTimeOnly() throws Throwable {
        Watchdog.run(
                "BankTest.slow",
                JUNITS,
                new Seen(true),
                () -> Awaitility.await("the look ahead")
                        .dontCatchUncaughtExceptions()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> seen.contains("ahead")));
        assertThat(seen).containsExactly("ahead");
    }

    @Test
    void aTestThatEndsDoesNotWaitForWhoStillLooksAhead() throws Throwable {
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Seen slow = new Seen(true) {
            @Override
            public void ahead() {
                looking.countDown();
                Awaitility.await("the end of the test")
                        .dontCatchUncaughtExceptions()
                        .atMost(Duration.ofSeconds(65))
                        .until(() -> ended.getCount() == 0);
            }
        };

        assertTimeoutPreemptively(
                Duration.ofSeconds(60), () -> Watchdog.run("BankTest.green", JUNITS, slow, looking::await));
        ended.countDown();
    }

    @Test
    void aQuickTestIsNotLookedAt() throws Throwable {
        Watchdog.run("BankTest.quick", LONG, new Seen(true), () -> {});

        assertThat(seen).isEmpty();
    }

    private class Seen implements Watchdog.Lookout {
        private final boolean needed;

        Seen(boolean needed) {
            this.needed = needed;
        }

        @Override
        public boolean isNeeded() {
            return needed;
        }

        @Override
        public void ahead() {
            seen.add("ahead");
        }

        @Override
        public void late(Thread tested) {
            seen.add("late, interrupted: " + tested.isInterrupted());
        }
    }
}
