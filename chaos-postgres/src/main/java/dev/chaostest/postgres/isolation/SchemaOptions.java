// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/**
 * How a {@link TestSchema} is named, filled and dropped.
 *
 * <p>Defaults: prefix {@code chaos}, no scripts, {@code public} not on the path, the system's clock, and 5 s until a drop
 * gives up on sessions that lock something in the schema.
 *
 * <pre>{@code
 * SchemaOptions options = SchemaOptions.ofDefaults(run)
 *         .withPrefix("bank")
 *         .withScripts(TransferTest.class, "bank.sql", "/common/audit.sql", "file:db/rates.sql");
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param prefix the first part of the name; case is kept, and any character but NUL is allowed
 * @param scripts run in this order: a name beside {@code origin}, a path on the class path that begins with {@code /}, or
 *     {@code file:} and a path
 * @param origin the class beside which relative scripts are: the test class
 * @param includePublic whether {@code public} follows on the path, for extensions that live there
 * @param run what makes names unique
 * @param clock what dates names
 * @param dropTimeout how long a drop waits for a lock
 * @since 0.1
 */
public record SchemaOptions(
        String prefix,
        List<String> scripts,
        Class<?> origin,
        boolean includePublic,
        Run run,
        InstantSource clock,
        Duration dropTimeout) {

    private static final Duration DROP_TIMEOUT = Duration.ofSeconds(5);

    /**
     * @throws ChaosException if the prefix is empty, reserved by PostgreSQL or holds NUL, or if the timeout is shorter than
     *     1 ms
     */
    public SchemaOptions {
        SchemaName.requirePrefix(prefix);
        scripts = List.copyOf(scripts);
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(clock, "clock");
        if (dropTimeout.toMillis() < 1) {
            throw new ChaosException(
                    "dropTimeout must be at least 1 ms, but was " + dropTimeout + ". Use for example 5 seconds.");
        }
    }

    /** The defaults for one run. */
    public static SchemaOptions ofDefaults(Run run) {
        return new SchemaOptions(
                "chaos", List.of(), SchemaOptions.class, false, run, InstantSource.system(), DROP_TIMEOUT);
    }

    /** A copy with another prefix. */
    public SchemaOptions withPrefix(String changed) {
        return new SchemaOptions(changed, scripts, origin, includePublic, run, clock, dropTimeout);
    }

    /** A copy with these scripts instead. */
    public SchemaOptions withScripts(Class<?> beside, String... changed) {
        return new SchemaOptions(prefix, List.of(changed), beside, includePublic, run, clock, dropTimeout);
    }

    /** A copy with or without {@code public} on the path. */
    public SchemaOptions withPublic(boolean changed) {
        return new SchemaOptions(prefix, scripts, origin, changed, run, clock, dropTimeout);
    }

    /** A copy with another clock. */
    public SchemaOptions withClock(InstantSource changed) {
        return new SchemaOptions(prefix, scripts, origin, includePublic, run, changed, dropTimeout);
    }

    /** A copy with another time to wait for locks when dropping. */
    public SchemaOptions withDropTimeout(Duration changed) {
        return new SchemaOptions(prefix, scripts, origin, includePublic, run, clock, changed);
    }
}
