// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.work.WorkersError;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyTest {

    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<String, Integer> allocated = new ConcurrentHashMap<>();
    private final Queue<String> effects = new ConcurrentLinkedQueue<>();

    private int allocate(String key) {
        return allocated.computeIfAbsent(key, absent -> {
            effects.add(absent);
            return numbers.incrementAndGet();
        });
    }

    @Test
    void whatLooksTheKeyUpFirstIsGreen() throws Exception {
        Idempotency<String, Integer> allocation = Idempotency.of(this::allocate).counting(effects::size);

        assertThat(allocation.require("order-7", 5)).isEqualTo(1);
        assertThat(allocation.requireConcurrently("order-8", 8)).isEqualTo(2);
        assertThat(effects).containsExactly("order-7", "order-8");
    }

    @Test
    void whatReturnsSomethingElseEachTimeIsRed() {
        assertThatThrownBy(() -> Idempotency.<String, Integer>of(key -> Math.min(2, numbers.incrementAndGet()))
                        .require("order-7", 3))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        Doing it 3 times one after another with key "order-7" must return the same value each time, but \
                        returned 2 different ones. Look the key up before anything is done, and in the same transaction.
                          returned : 1 (1 time)
                          returned : 2 (2 times)""");
    }

    @Test
    void whatReturnsTheSameButDoesItAgainIsRed() {
        Idempotency<String, String> mail = Idempotency.<String, String>of(key -> {
                    effects.add(key);
                    return key;
                })
                .counting(effects::size);

        assertThatThrownBy(() -> mail.require("order-7", 3))
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        "Doing it 3 times one after another with key \"order-7\" must have one effect at most, but had 3. "
                                + "Make the key unique where the effect is stored.");
    }

    @Test
    void whatChecksBeforeItActsIsRedOnceItIsDoneAtOnce() throws Exception {
        CyclicBarrier allHaveLooked = new CyclicBarrier(4);
        Idempotency<String, Integer> racy = Idempotency.of(key -> {
            Integer known = allocated.get(key);
            if (known == null) {
                if (key.equals("at once")) {
                    allHaveLooked.await(30, TimeUnit.SECONDS);
                }
                known = numbers.incrementAndGet();
                allocated.put(key, known);
            }
            return known;
        });

        racy.require("one by one", 4);
        assertThatThrownBy(() -> racy.requireConcurrently("at once", 4))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(
                        "Doing it 4 times at once with key \"at once\" must return the same value each time, "
                                + "but returned 4 different ones. ");
    }

    @Test
    void aFailureIsNoAnswer() {
        Idempotency<String, String> failing = Idempotency.of(key -> {
            throw new IllegalStateException("duplicate key");
        });

        assertThatThrownBy(() -> failing.require("order-7", 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("duplicate key");
        assertThatThrownBy(() -> failing.requireConcurrently("order-7", 2))
                .isInstanceOf(WorkersError.class)
                .hasRootCauseMessage("duplicate key");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 1_001})
    void refusesANumberOfTimesThatShowsNothing(int times) {
        assertThatThrownBy(() -> Idempotency.of(this::allocate).require("order-7", times))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the number of times must be 2 to 1000, but was " + times + ". Once shows nothing.");
    }
}
