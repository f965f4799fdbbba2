// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.util.Objects;
import java.util.function.DoubleFunction;

/**
 * A fault that has a strength: latency in milliseconds, a share of failing calls, megabytes of heap.
 *
 * <p>At 0 there is no fault. When the strength changes, the next fault is opened before the one before is closed: for a
 * moment both are there, but never none.
 *
 * <pre>{@code
 * Level latency = Level.of("latency", ms -> scope.inject(slowBank(Duration.ofMillis((long) ms))));
 * }</pre>
 *
 * @since 0.1
 */
public interface Level {

    /** What it is called, in the ledger and in messages. */
    String name();

    /**
     * Opens the fault with this strength.
     *
     * @param level greater than 0
     * @return what ends it, closed once
     * @throws Exception if it can't be; the schedule is red then
     */
    AutoCloseable at(double level) throws Exception;

    /**
     * Whether the fault is seen with this strength, asked at each step; true unless overridden. If not, the
     * schedule is red.
     */
    default boolean isAt(double level) throws Exception {
        return true;
    }

    /** Makes one of a piece of code. */
    static Level of(String name, DoubleFunction<? extends AutoCloseable> open) {
        Checks.requireName("a level", name, "latency");
        Objects.requireNonNull(open, "open");
        return new Level() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public AutoCloseable at(double level) {
                return open.apply(level);
            }
        };
    }
}
