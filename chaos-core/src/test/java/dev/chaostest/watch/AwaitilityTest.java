// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static dev.chaostest.watch.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.time.VirtualTime;
import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Beside Awaitility: what a user's use of it does not change here, and why nothing here is built on it. */
@Isolated("it changes defaults of the whole JVM")
class AwaitilityTest {

    private static final Duration SHORT = Duration.ofMillis(100);

    private final VirtualTime still = new VirtualTime();
    private final StateGuard guard = new StateGuard();

    @BeforeEach
    void guard() {
        guard.remember(
                "default handler",
                Thread::getDefaultUncaughtExceptionHandler,
                Thread::setDefaultUncaughtExceptionHandler);
        guard.reset("Awaitility", Awaitility::reset, () -> true);
    }

    @AfterEach
    void putBack() {
        guard.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await()
                .dontCatchUncaughtExceptions()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(SHORT);
    }

    @Test
    void aUsersDefaultsAreNotOurs() {
        Awaitility.setDefaultTimeout(Duration.ofMillis(1));
        Awaitility.setDefaultPollDelay(Duration.ofHours(1));
        Awaitility.setDefaultPollInterval(Duration.ofHours(1));
        Awaitility.ignoreExceptionsByDefault();

        eventually(() -> true).on(still).await();
        assertThatThrownBy(() -> Eventually.never(() -> {
                            throw new IllegalStateException("not ignored");
                        })
                        .during(Duration.ZERO))
                .isInstanceOf(WatchError.class);
    }

    @Test
    void itsWaitGoesOnUnderAnInterruptAndOursEnds() {
        long begun = System.nanoTime();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> await().until(() -> false)).isInstanceOf(ConditionTimeoutException.class);
        assertThat(System.nanoTime() - begun).as("it waited to the end").isGreaterThanOrEqualTo(SHORT.toNanos());
        assertThat(Thread.interrupted()).isTrue();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> eventually(() -> false).on(still).within(SHORT))
                .as("on a time that never comes")
                .isInstanceOf(ChaosException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void itUndoesTheDefaultHandlerThatIsSetMeanwhileAndOursDoesNot() {
        UncaughtExceptionHandler mine = (thread, thrown) -> {};

        await().until(() -> sets(mine));
        assertThat(Thread.getDefaultUncaughtExceptionHandler())
                .as("though it was told not to catch uncaught exceptions")
                .isNotSameAs(mine);

        eventually(() -> sets(mine)).within(Duration.ofSeconds(30));
        assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(mine);
    }

    private static boolean sets(UncaughtExceptionHandler handler) {
        Thread.setDefaultUncaughtExceptionHandler(handler);
        return true;
    }
}
