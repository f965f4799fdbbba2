// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.advice;

import static dev.chaostest.postgres.advice.Rule.NONE;
import static dev.chaostest.postgres.advice.Rule.print;
import static dev.chaostest.postgres.advice.Rule.when;

import dev.chaostest.postgres.advice.Rule.Wrong;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** What is looked at in a pool; silent where there is none. */
final class PoolRules {

    /** HikariCP takes none below. */
    private static final long VALIDATION_LEAST = 250;

    private static final Duration KEEPALIVE = Duration.ofMinutes(2);

    private PoolRules() {}

    private static Optional<Wrong> of(Configuration configuration, Function<PoolSettings, Optional<Wrong>> rule) {
        return configuration.pool().flatMap(rule);
    }

    static Optional<Wrong> connectionTimeout(Configuration configuration) {
        Duration connect = configuration.seconds("connectTimeout");
        return of(configuration, pool -> {
            if (pool.connectionTimeout().isZero()) {
                return when(
                        true,
                        NONE,
                        "connectionTimeout=10000 (ms)",
                        "When the pool is used up, its callers wait for ever, and so do their callers.");
            }
            return when(
                    pool.connectionTimeout().compareTo(connect) < 0,
                    print(pool.connectionTimeout()) + ", below the driver's connectTimeout (" + print(connect) + ")",
                    "connectionTimeout above it, or a shorter connectTimeout",
                    "Callers give up while the attempt that they wait for has not failed yet, and its reason is lost.");
        });
    }

    static Optional<Wrong> validationTimeout(Configuration configuration) {
        return of(
                configuration,
                pool -> when(
                        !pool.connectionTimeout().isZero()
                                && pool.validationTimeout().compareTo(pool.connectionTimeout()) >= 0,
                        print(pool.validationTimeout()) + ", not below connectionTimeout ("
                                + print(pool.connectionTimeout()) + ")",
                        validationBelow(pool.connectionTimeout().toMillis()),
                        "One dead connection uses up all the time that a caller has, and the next one is never tried."));
    }

    private static String validationBelow(long connection) {
        return connection > VALIDATION_LEAST
                ? "validationTimeout=" + Math.max(VALIDATION_LEAST, connection / 2) + " (ms)"
                : "connectionTimeout=10000 (ms): HikariCP takes no validationTimeout below " + VALIDATION_LEAST;
    }

    static Optional<Wrong> maxLifetime(Configuration configuration) {
        return of(
                configuration,
                pool -> when(
                        pool.maxLifetime().isZero(),
                        NONE,
                        "maxLifetime=1800000 (ms)",
                        "After a failover or a change of the server's address, old connections stay where they are."));
    }

    static Optional<Wrong> keepaliveTime(Configuration configuration) {
        return of(
                configuration,
                pool -> when(
                        pool.keepaliveTime().isZero() && !isRenewed(pool),
                        NONE,
                        "keepaliveTime=" + KEEPALIVE.toMillis() + " (ms)",
                        "Idle connections die unseen, and the first callers after a quiet time pay for it."));
    }

    /** Whether connections are replaced before they could be asked; HikariCP switches that off then. */
    private static boolean isRenewed(PoolSettings pool) {
        return !pool.maxLifetime().isZero() && pool.maxLifetime().compareTo(KEEPALIVE) <= 0;
    }

    static Optional<Wrong> leakDetection(Configuration configuration) {
        return of(
                configuration,
                pool -> when(
                        pool.leakDetectionThreshold().isZero(),
                        NONE,
                        "leakDetectionThreshold=30000 (ms), above the longest use of a connection",
                        "A connection that is not given back is missed only when the pool is used up, without a trace of"
                                + " who took it."));
    }

    static Optional<Wrong> autoCommit(Configuration configuration) {
        return of(
                configuration,
                pool -> when(
                        !pool.autoCommit(),
                        "false",
                        "autoCommit=true, and begin transactions where they are needed",
                        "Each read begins a transaction that somebody must end; what is written without a commit is rolled"
                                + " back in silence."));
    }

    static Optional<Wrong> maximumPoolSize(Configuration configuration) {
        int most = configuration.server().map(ServerSettings::connectionsMax).orElse(Integer.MAX_VALUE);
        return of(
                configuration,
                pool -> when(
                        pool.maximumPoolSize() > most,
                        pool.maximumPoolSize() + ", above what the server takes (" + most + ")",
                        "maximumPoolSize to a part of that for each instance of the service",
                        "Under load, connecting fails with 53300 for this service and for all others."));
    }
}
