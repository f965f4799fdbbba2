// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.internal.Amount;
import dev.chaostest.work.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Checks that doing something several times under one key is as doing it once.
 *
 * <p>Every time must return an equal value and throw nothing; where the effects can be counted, all times together must
 * have one at most. What a retry may repeat must stand this: the answer of the first attempt may have been lost.
 *
 * <pre>{@code
 * Idempotency.of(key -> service.allocate(key))
 *         .counting(() -> rowsIn("allocation"))
 *         .requireConcurrently("order-7", 8);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Idempotency<K, R> {

    private final Operation<K, R> operation;
    private final Optional<Callable<? extends Number>> effects;

    private Idempotency(Operation<K, R> operation, Optional<Callable<? extends Number>> effects) {
        this.operation = operation;
        this.effects = effects;
    }

    /** Of this operation; its effects are not counted. */
    public static <K, R> Idempotency<K, R> of(Operation<K, R> operation) {
        return new Idempotency<>(operation, Optional.empty());
    }

    /** As this one, with a way to count the effects so far: rows, messages, charges. */
    public Idempotency<K, R> counting(Callable<? extends Number> effectsSoFar) {
        return new Idempotency<>(operation, Optional.of(effectsSoFar));
    }

    /**
     * Does it several times, one after another.
     *
     * @param times 2 to 1000
     * @return what each time returned
     * @throws AssertionError if the values differ, or if there was more than one effect
     * @throws Exception what the operation or the counting threw
     */
    public R require(K key, int times) throws Exception {
        requireTimes(times);
        long before = effects();
        List<R> values = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            values.add(operation.call(key));
        }
        return judge(key, values, before, "one after another");
    }

    /**
     * Does it on several threads from a common start; as {@link #require}.
     *
     * @param times 2 to 1000, each on a thread of its own
     * @return what each time returned
     * @throws dev.chaostest.work.WorkersError if one of them failed
     * @throws AssertionError if the values differ, or if there was more than one effect
     * @throws Exception what the counting threw, or an interrupt
     */
    public R requireConcurrently(K key, int times) throws Exception {
        requireTimes(times);
        long before = effects();
        List<R> values = Workers.of(times)
                .named("idempotent")
                .call(worker -> operation.call(key))
                .values();
        return judge(key, values, before, "at once");
    }

    private static void requireTimes(int times) {
        if (times < 2 || times > 1_000) {
            throw new IllegalArgumentException(
                    "the number of times must be 2 to 1000, but was " + times + ". Once shows nothing.");
        }
    }

    private long effects() throws Exception {
        return effects.isEmpty() ? 0 : effects.get().call().longValue();
    }

    private R judge(K key, List<R> values, long before, String how) throws Exception {
        Map<@Nullable R, Integer> distinct = new LinkedHashMap<>();
        values.forEach(value -> distinct.merge(value, 1, Integer::sum));
        String what = "Doing it " + Amount.of(values.size(), "time") + " " + how + " with key \"" + key + "\" must ";
        if (distinct.size() > 1) {
            StringBuilder lines = new StringBuilder();
            distinct.forEach((value, count) -> lines.append("\n  returned : ")
                    .append(value)
                    .append(" (")
                    .append(count)
                    .append(count == 1 ? " time)" : " times)"));
            throw new AssertionError(what + "return the same value each time, but returned " + distinct.size()
                    + " different ones. Look the key up before anything is done, and in the same transaction." + lines);
        }
        long done = effects() - before;
        if (done > 1) {
            throw new AssertionError(what + "have one effect at most, but had " + done
                    + ". Make the key unique where the effect is stored.");
        }
        return values.get(0);
    }

    /**
     * What is done under a key.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface Operation<K, R> {
        /** Does it once. */
        R call(K key) throws Exception;
    }
}
