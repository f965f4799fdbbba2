// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static dev.chaostest.watch.Eventually.eventually;
import static dev.chaostest.watch.Eventually.never;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a wait looks, what ends it, and what it leaves. */
@Timeout(120)
class EventuallyThreadTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final VirtualTime time = new VirtualTime();
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final CountDownLatch looking = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final AtomicReference<Thread> looker = new AtomicReference<>();

    @AfterEach
    void end() {
        executor.shutdownNow();
    }

    private Boolean isNotSo() {
        looker.set(Thread.currentThread());
        return false;
    }

    @Test
    void anotherThreadMovesTheTimeOn() throws Exception {
        Future<Throwable> waits = executor.submit(() -> thrownBy(() ->
                eventually(this::isNotSo).every(Duration.ofSeconds(1)).on(time).within(Duration.ofSeconds(2))));
        for (int i = 0; i < 2; i++) {
            time.awaitTimers(2, LONG); // for the next look, and for the end
            time.advance(Duration.ofSeconds(1));
        }

        assertThat(waits.get(30, TimeUnit.SECONDS))
                .isInstanceOf(WatchError.class)
                .hasMessageContaining("\n  looks    : 3 in 2s\n");
        assertThat(time.timers()).isEmpty();
        assertThat(looker.get().getName()).isEqualTo("chaos-watch");
        assertThat(looker.get().isDaemon()).isTrue();
        assertThat(looker.get().isAlive()).as("a wait that is over").isFalse();
    }

    @Test
    void aLookThatHangsIsEndedBehindTheDeadline() throws Exception {
        Future<Throwable> waits = executor.submit(() ->
                thrownBy(() -> eventually(this::hangs).on(time).as("the answer").within(Duration.ofSeconds(5))));
        assertThat(looking.await(30, TimeUnit.SECONDS)).isTrue();
        time.advance(Duration.ofSeconds(10));

        assertThat(waits.get(30, TimeUnit.SECONDS))
                .isInstanceOf(WatchError.class)
                .hasMessageStartingWith(
                        "\"the answer\" must hold within 5s, but did not. Check what the code did instead, or "
                                + "allow it more time.\n  looks    : 0 in 10s\n  last     : no value, no look has ended\n  hangs    : the "
                                + "last look did not end, was interrupted and left behind; it was here:\n    at ");
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private boolean hangs() {
        looking.countDown();
        try {
            return new CountDownLatch(1).await(1, TimeUnit.DAYS);
        } catch (InterruptedException e) {
            interrupted.countDown();
            return false;
        }
    }

    @Test
    void aLookThatHangsIsNoProofOfNever() throws Exception {
        Future<Throwable> waits =
                executor.submit(() -> thrownBy(() -> never(this::hangs).on(time).during(Duration.ofSeconds(5))));
        assertThat(looking.await(30, TimeUnit.SECONDS)).isTrue();
        time.advance(Duration.ofSeconds(10));

        assertThat(waits.get(30, TimeUnit.SECONDS))
                .isInstanceOf(WatchError.class)
                .hasMessageContaining("but after 10s nobody can say: it gave no answer.")
                .hasMessageContaining("\n  hangs    : ");
    }

    @Test
    void anInterruptEndsTheWaitAtOnceAndStaysSet() throws Exception {
        assertEndsWhenInterrupted(() -> eventually(this::isNotSo).on(time).within(LONG));
        assertEndsWhenInterrupted(
                () -> eventually(this::isNotSo).on(time).onThisThread().within(LONG));
        assertEndsWhenInterrupted(() -> never(this::isNotSo).on(time).during(LONG));
        assertEndsWhenInterrupted(() -> {
            try (var collector = new Events<>(time).collect(Object.class)) {
                collector.await(LONG);
            }
        });
    }

    private void assertEndsWhenInterrupted(Runnable wait) throws Exception {
        AtomicReference<Thread> waiter = new AtomicReference<>();
        Future<Throwable> waits = executor.submit(() -> {
            waiter.set(Thread.currentThread());
            Throwable thrown = thrownBy(wait);
            assertThat(Thread.interrupted()).as("the flag").isTrue();
            return thrown;
        });
        time.awaitTimers(1, LONG); // nobody moves it on
        waiter.get().interrupt();

        assertThat(waits.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching(
                        "The wait for .* must not be interrupted, but was after 0us. See who interrupts; the "
                                + "thread's interrupt flag is set.");
        eventually(() -> time.timers().isEmpty()).as("timers are taken back").within(LONG);
    }

    @Test
    void aThreadThatIsInterruptedAlreadyDoesNotWait() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> eventually(this::isNotSo).on(time).within(LONG))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The wait for the condition must not be interrupted, but was after 0us. See who interrupts; the "
                                + "thread's interrupt flag is set.");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aConditionThatIsInterruptedOnThisThreadEndsTheWait() {
        assertThatThrownBy(() -> eventually(() -> {
                            throw new InterruptedException("by a time-out");
                        })
                        .on(time)
                        .onThisThread()
                        .within(LONG))
                .isInstanceOf(ChaosException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anErrorThatIsNoVerdictEndsTheWaitAsItIs() {
        Error error = new NoClassDefFoundError("gone");

        assertThatThrownBy(() -> eventually(() -> {
                            throw error;
                        })
                        .on(time)
                        .within(LONG))
                .isSameAs(error);
    }

    @Test
    void looksOnTheCallersThreadIfAsked() {
        ThreadLocal<String> transaction = new ThreadLocal<>();
        transaction.set("mine");

        eventually(() -> "mine".equals(transaction.get())).onThisThread().within(LONG);
        never(() -> !"mine".equals(transaction.get())).onThisThread().during(Duration.ZERO);
        assertThatThrownBy(
                        () -> eventually(() -> "mine".equals(transaction.get())).within(Duration.ZERO))
                .as("elsewhere it is not there")
                .isInstanceOf(WatchError.class);
    }

    private static Throwable thrownBy(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            return e;
        }
        throw new IllegalStateException("it must throw, but did not");
    }
}
