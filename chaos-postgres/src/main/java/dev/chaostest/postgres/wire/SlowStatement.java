// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Has the server sleep inside a statement, so that it is the statement that is slow.
 *
 * <p>The caller waits longer. Unlike a {@link dev.chaostest.plan.Delay}, which holds the message before the server has it,
 * the time counts for {@code statement_timeout} (57014), {@code transaction_timeout} and a cancel by the driver, the backend
 * is active, and what the statement locks when it is planned stays locked. The statement sees the data of before the sleep.
 * Nothing else changes.
 *
 * <p>A sleep that has begun goes on when the scope ends: only the server, a cancel or the end of the session cuts it short. So
 * let it be short, or set a time-out.
 *
 * <p>It needs the extended protocol, which is pgjdbc's usual; a simple query with it makes the test red. It passes over
 * BEGIN, ROLLBACK, SET, savepoints, and what must be alone in its transaction, such as VACUUM or CREATE DATABASE.
 *
 * <pre>{@code
 * Rule slow = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), SlowStatement.of(Duration.ofSeconds(5)));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, {@code statement_timeout}; protocol,
 * "Extended Query".
 *
 * @param sleep 1 ms to 1 day
 * @since 0.1
 */
public record SlowStatement(Duration sleep) implements Fault {

    private static final Duration LONGEST = Duration.ofDays(1);

    /** What takes no snapshot, or must take the first, or refuses to follow another statement of its transaction. */
    private static final Pattern ALONE =
            Pattern.compile("(SET|SHOW|RESET|DISCARD|SAVEPOINT|RELEASE|VACUUM|REINDEX|CLUSTER"
                    + "|ALTER SYSTEM|(CREATE|DROP|ALTER) (DATABASE|TABLESPACE|SUBSCRIPTION)|PREPARE TRANSACTION"
                    + "|(COMMIT|ROLLBACK) PREPARED)\\b.*|.*\\bCONCURRENTLY\\b.*");

    public SlowStatement {
        Objects.requireNonNull(sleep, "sleep");
        if (sleep.toMillis() < 1 || sleep.compareTo(LONGEST) > 0) {
            throw new ChaosException("The sleep inside a statement must be 1 ms to 1 day, but was " + sleep
                    + ". To have no sleep, leave the rule out.");
        }
    }

    /** For so long. */
    public static SlowStatement of(Duration sleep) {
        return new SlowStatement(sleep);
    }

    @Override
    public When strikes() {
        return When.BEFORE;
    }

    @Override
    public boolean endsTheCall() {
        return false;
    }

    @Override
    public boolean isPossibleAt(Site site) {
        return SqlSites.isStatement(site)
                && !SqlSites.isNeverFailed(site)
                && !ALONE.matcher(site.name().toUpperCase(Locale.ROOT)).matches();
    }

    @Override
    public String toString() {
        return "the server sleeps for " + Durations.print(sleep) + " inside the statement";
    }
}
