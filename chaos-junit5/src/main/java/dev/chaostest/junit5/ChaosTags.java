// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

/**
 * The tags by which chaos tests are selected and left out; constants for {@code @Tag}.
 *
 * <p>Those that begin with {@code chaos-} are categories. Each {@link ChaosTest} has exactly one, on its method, its class
 * or a class around it; one on the method is added to those of the class, it does not replace them. A test without one, one
 * with two, or any test with a tag like {@code chaos-laod} fails the whole run before it begins, so that no selection by
 * category leaves a test out unnoticed. {@link #SLOW} and {@link #DESTRUCTIVE} come on top.
 *
 * <pre>{@code
 * @ChaosTest
 * @Tag(ChaosTags.LOAD)
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

    /** Category: what must hold for every input or every order, tried with random ones. */
    public static final String PROPERTY = "chaos-property";

    /** Category: several workers on the same data. */
    public static final String CONCURRENT = "chaos-concurrent";

    /** Category: what becomes of a transaction whose statements, commit or connection fail. */
    public static final String TRANSACTION = "chaos-transaction";

    /** Category: connections, memory, disk or locks run short. */
    public static final String RESOURCE = "chaos-resource";

    /** Category: data or answers that are wrong. */
    public static final String CORRUPTION = "chaos-corruption";

    /** Category: coming back after a failure. */
    public static final String RECOVERY = "chaos-recovery";

    /** Category: behaviour and latency under load. */
    public static final String LOAD = "chaos-load";

    /** Category: changes of the schema, and what goes wrong half-way. */
    public static final String MIGRATION = "chaos-migration";

    /** Category: constraints and invariants of the data. */
    public static final String INTEGRITY = "chaos-integrity";

    /** Category: a server, a process or a connection that dies. */
    public static final String CRASH = "chaos-crash";

    /** Takes more than 30 s. */
    public static final String SLOW = "slow";

    /** Hurts a whole server, so it needs one of its own. */
    public static final String DESTRUCTIVE = "destructive";

    /** After how many seconds a test is given up, unless {@code @Timeout} or JUnit's configuration says otherwise. */
    public static final long TIMEOUT_SECONDS = 300;

    private ChaosTags() {}
}
