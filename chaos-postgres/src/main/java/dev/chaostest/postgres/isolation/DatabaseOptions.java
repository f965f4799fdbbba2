// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.DatabaseName;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/**
 * How a {@link TestDatabase} is named and filled.
 *
 * <p>Defaults: prefix {@code chaos}, no scripts, the system's clock.
 *
 * <pre>{@code
 * DatabaseOptions options = DatabaseOptions.ofDefaults(run)
 *         .withPrefix("bank")
 *         .withScripts(TransferTest.class, "extensions.sql", "bank.sql");
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param prefix the first part of the name; case is kept, and any character but NUL is allowed
 * @param scripts run in this order: a name beside {@code origin}, a path on the class path that begins with {@code /}, or
 *     {@code file:} and a path
 * @param origin the class beside which relative scripts are: the test class
 * @param run what makes names unique
 * @param clock what dates names
 * @since 0.1
 */
public record DatabaseOptions(String prefix, List<String> scripts, Class<?> origin, Run run, InstantSource clock) {

    /**
     * @throws ChaosException if the prefix is empty or holds NUL
     */
    public DatabaseOptions {
        DatabaseName.requirePrefix(prefix);
        scripts = List.copyOf(scripts);
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(clock, "clock");
    }

    /** The defaults for one run. */
    public static DatabaseOptions ofDefaults(Run run) {
        return new DatabaseOptions("chaos", List.of(), DatabaseOptions.class, run, InstantSource.system());
    }

    /** A copy with another prefix. */
    public DatabaseOptions withPrefix(String changed) {
        return new DatabaseOptions(changed, scripts, origin, run, clock);
    }

    /** A copy with these scripts instead. */
    public DatabaseOptions withScripts(Class<?> beside, String... changed) {
        return new DatabaseOptions(prefix, List.of(changed), beside, run, clock);
    }

    /** A copy with another clock. */
    public DatabaseOptions withClock(InstantSource changed) {
        return new DatabaseOptions(prefix, scripts, origin, run, changed);
    }
}
