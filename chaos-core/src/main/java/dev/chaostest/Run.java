// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One execution of a test suite, and names that are unique over all executions.
 *
 * <p>A name is {@code prefix_run_number}: what a run left behind says which run it was. The id is given by whoever
 * starts the run ({@code chaos.run}), else random.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Run {

    private static final int RADIX = 36;
    private static final long RANDOM_RANGE = 36L * 36 * 36 * 36 * 36 * 36;

    private final String id;
    private final AtomicLong counter = new AtomicLong();

    /**
     * @param id 1 to 16 lower-case letters or digits
     */
    public Run(String id) {
        if (!id.matches("[a-z0-9]{1,16}")) {
            throw new IllegalArgumentException("chaos.run must be 1 to 16 lower-case letters or digits, but was \"" + id
                    + "\". Use for example the number of the build.");
        }
        this.id = id;
    }

    /** A run with a random id; not from the seed, since two runs with one seed must not collide. */
    public static Run random() {
        long drawn = Math.floorMod(new SecureRandom().nextLong(), RANDOM_RANGE);
        return new Run(Long.toString(drawn, RADIX));
    }

    /** The id of the run. */
    public String id() {
        return id;
    }

    /** A name that no other call and no other run gives. */
    public String unique(String prefix) {
        return prefix + "_" + id + "_" + counter.incrementAndGet();
    }
}
