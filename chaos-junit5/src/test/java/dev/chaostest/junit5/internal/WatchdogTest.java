// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WatchdogTest {

    private static final TestTimeout OURS = new TestTimeout(Duration.ofMillis(100), false);
    private static final TestTimeout JUNITS = new TestTimeout(Duration.ofNanos(1), true);

    @Test
    void aTestThatHangsIsInterruptedAndSaysHowLongItHad() {
        assertThatThrownBy(() -> Watchdog.run("BankTest.hangs", OURS, new CountDownLatch(1)::await))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("BankTest.hangs() timed out after 100ms")
                .satisfies(late ->
                        assertThat(late.getSuppressed()).singleElement().isInstanceOf(InterruptedException.class));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whatAQuickTestThrowsIsPassedOn() {
        AssertionError red = new AssertionError("red");

        assertThatThrownBy(() -> Watchdog.run("BankTest.red", OURS, () -> {
                    throw red;
                }))
                .isSameAs(red);
    }

    @Test
    void anInterruptOfSomebodyElsesStays() throws Throwable {
        Watchdog.run("BankTest.interrupted", OURS, Thread.currentThread()::interrupt);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void jUnitsTimeOutsAreLeftToJUnit() throws Throwable {
        Watchdog.run(
                "BankTest.green", JUNITS, () -> assertThat(Thread.interrupted()).isFalse());
    }
}
