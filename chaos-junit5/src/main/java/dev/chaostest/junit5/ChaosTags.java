// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

/**
 * The tags by which chaos tests are selected and left out; constants for {@code @Tag}.
 *
 * <pre>{@code
 * @ChaosTest
 * @Tag(ChaosTags.SLOW)
 * void survivesANightOfDelays(DataSource bank) {
 *     ...
 * }
 * }</pre>
 *
 * @since 0.1
 */
public final class ChaosTags {

    /** Every {@link ChaosTest} has it. */
    public static final String CHAOS = "chaos";

    /** Takes more than 30 s. */
    public static final String SLOW = "slow";

    /** Runs several workers against the same data. */
    public static final String CONCURRENT = "concurrent";

    /** Hurts a whole server, so it needs one of its own. */
    public static final String DESTRUCTIVE = "destructive";

    /** After how many seconds a test is given up, unless {@code @Timeout} or JUnit's configuration says otherwise. */
    public static final long TIMEOUT_SECONDS = 300;

    private ChaosTags() {}
}
