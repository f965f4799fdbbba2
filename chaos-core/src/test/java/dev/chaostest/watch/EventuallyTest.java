// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static dev.chaostest.watch.Eventually.eventually;
import static dev.chaostest.watch.Eventually.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventuallyTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final LeapingTime time = new LeapingTime();
    private final AtomicInteger looks = new AtomicInteger();

    private static Duration seconds(int n) {
        return Duration.ofSeconds(n);
    }

    @Test
    void whatIsSoAlreadyIsNotWaitedFor() {
        VirtualTime still = new VirtualTime(); // nobody moves it: whoever waited for it would never come back

        eventually(() -> looks.incrementAndGet() > 0).on(still).within(LONG);

        assertThat(looks).hasValue(1);
        assertThat(still.timers()).as("nothing is left behind").isEmpty();
        eventually(() -> true).on(time).onThisThread().await();
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void looksAgainUntilItIsSo() {
        eventually(() -> looks.incrementAndGet() == 4)
                .every(seconds(1))
                .on(time)
                .onThisThread()
                .within(seconds(10));

        assertThat(time.pauses()).containsExactly(seconds(1), seconds(1), seconds(1));
    }

    @Test
    void looksALastTimeAtTheDeadlineItself() {
        eventually(() -> {
                    looks.incrementAndGet();
                    return time.nanos() == seconds(5).toNanos();
                })
                .every(seconds(3))
                .on(time)
                .onThisThread()
                .within(seconds(5));

        assertThat(time.pauses()).containsExactly(seconds(3), seconds(2));
        assertThat(looks).hasValue(3);
    }

    @Test
    void backsOff() {
        assertThatThrownBy(() -> eventually(() -> false)
                        .every(seconds(1), seconds(5))
                        .on(time)
                        .onThisThread()
                        .within(seconds(20)))
                .isInstanceOf(WatchError.class);

        assertThat(time.pauses())
                .containsExactly(seconds(1), seconds(2), seconds(4), seconds(5), seconds(5), seconds(3));
    }

    @Test
    void waitsForAnotherThreadInRealTime() {
        AtomicInteger value = new AtomicInteger();
        Thread setter = new Thread(() -> {
            eventually(() -> looks.get() > 2).within(LONG);
            value.set(7);
        });
        setter.start();

        int found = value(() -> {
                    looks.incrementAndGet();
                    return value.get();
                })
                .until(n -> n == 7)
                .every(Duration.ofMillis(1))
                .within(LONG);

        assertThat(found).isEqualTo(7);
    }

    @Test
    void saysTheLastValueAndTheLastExceptionWhichIsTheCause() {
        IOException refused = new IOException("refused\nby peer");
        Iterator<Object> answers =
                List.<Object>of("opening", refused, "open", "open").iterator();

        assertThatThrownBy(() -> value(() -> answer(answers.next()))
                        .until("closed"::equals)
                        .as("state of the gate")
                        .every(seconds(1))
                        .on(time)
                        .onThisThread()
                        .within(seconds(3)))
                .isInstanceOf(WatchError.class)
                .hasCause(refused)
                .hasMessage(
                        "\"state of the gate\" must become what is waited for within 3s, but did not. Check what the "
                                + "code did instead, or allow it more time."
                                + "\n  looks    : 4 in 3s"
                                + "\n  last     : open"
                                + "\n  values   : opening -> open"
                                + "\n  thrown   : java.io.IOException: refused by peer (look 2)");
    }

    private static Object answer(Object next) throws IOException {
        if (next instanceof IOException failure) {
            throw failure;
        }
        return next;
    }

    @Test
    void aFailedAssertionIsNotYetAndTheCauseAtTheEnd() {
        eventually(() -> assertThat(looks.incrementAndGet()).isGreaterThan(2))
                .on(time)
                .onThisThread()
                .within(LONG);
        assertThat(looks).hasValue(3);

        assertThatThrownBy(() -> eventually(
                                () -> assertThat(looks.get()).as("looks").isEqualTo(99))
                        .on(new LeapingTime())
                        .onThisThread()
                        .within(Duration.ZERO))
                .isInstanceOf(WatchError.class)
                .hasMessage(
                        "The assertion must hold within 0us, but did not. Check what the code did instead, or allow it "
                                + "more time."
                                + "\n  looks    : 1 in 0us"
                                + "\n  last     : no value, each look threw"
                                + "\n  thrown   : org.opentest4j.AssertionFailedError: [looks] expected: 99 but was: 3 (look 1)")
                .cause()
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected: 99");
    }

    @Test
    void noAnswerAndAPredicateThatThrowsAreNotYet() {
        assertThatThrownBy(() ->
                        eventually(() -> (Boolean) null).on(time).onThisThread().within(Duration.ZERO))
                .hasMessageContaining("\n  last     : null");

        Iterator<String> found = Arrays.asList(null, "7").iterator();
        assertThat(value(found::next)
                        .until(id -> !id.isEmpty())
                        .on(time)
                        .onThisThread()
                        .within(LONG))
                .as("it threw for null")
                .isEqualTo("7");
    }

    @Test
    void aValueThatIsThereMayBeFalse() {
        assertThat(value(() -> looks.incrementAndGet() < 2 ? null : Boolean.FALSE)
                        .until(Objects::nonNull)
                        .on(time)
                        .onThisThread()
                        .within(LONG))
                .isFalse();
        assertThatThrownBy(() ->
                        eventually(() -> Boolean.FALSE).on(time).onThisThread().within(seconds(1)))
                .as("but a condition that is false does not hold")
                .isInstanceOf(WatchError.class);
    }

    @Test
    void aValueThatCannotBePrintedHidesNothing() {
        Object mute = new Object() {
            @Override
            public String toString() {
                throw new UnsupportedOperationException();
            }
        };

        assertThatThrownBy(() -> value(() -> mute)
                        .until(Objects::isNull)
                        .on(time)
                        .onThisThread()
                        .within(Duration.ZERO))
                .hasMessageEndingWith("\n  last     : a value that can't be printed: UnsupportedOperationException");
    }

    @Test
    void onlyTheLastChangesOfManyAreShown() {
        assertThatThrownBy(() -> value(looks::incrementAndGet)
                        .until(n -> n < 0)
                        .every(seconds(1))
                        .on(time)
                        .onThisThread()
                        .within(seconds(29)))
                .hasMessageContaining("\n  values   : ... -> 11 -> 12 -> ")
                .hasMessageEndingWith(" -> 29 -> 30");
    }

    @Test
    void mistakesAreRefused() {
        assertThatThrownBy(() -> eventually(() -> true).within(seconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The time to wait must not be negative, but was PT-1S. Use Duration.ZERO to look once.");
        assertThatThrownBy(() -> eventually(() -> true).every(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The pause between two looks must be positive and not shrink, but was PT0S at first and at "
                        + "most PT0S. Use for example every(Duration.ofMillis(50)).");
        assertThatThrownBy(() -> eventually(() -> true).every(seconds(2), seconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
