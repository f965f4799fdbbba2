// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the server raise an error in place of a statement.
 *
 * <p>The caller sees its driver's own exception with this SQLSTATE. The transaction is really aborted: the next
 * statement in it gets 25P02, and a rollback is needed. At COMMIT the session is idle afterwards, as after a real failure
 * there, and nothing is committed. The statement itself is not run; other connections are not affected.
 *
 * <p>BEGIN and ROLLBACK never fail: a rule for "every statement" passes over them. In a transaction that is aborted
 * already the server answers 25P02 instead, and the ledger shows it as not planned.
 *
 * <p>Default message: one that says it was injected.
 *
 * <pre>{@code
 * Rule conflict = Rule.of(SqlTarget.on("UPDATE account"), Trigger.first(2), ServerError.of("40001"));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, PL/pgSQL, "Errors and Messages".
 *
 * @param state what comes back
 * @param message its text, or null for the default
 * @since 0.1
 */
public record ServerError(SqlState state, @Nullable String message) implements Fault {

    private static final Set<String> NO_ERROR = Set.of("00", "01", "02");
    private static final String TERMINATE =
            "Use a Cut, or terminate the backend for real: the server sends this state only when it ends the session";
    private static final Map<String, String> NOT_RAISED = Map.of(
            "57P01", TERMINATE,
            "57P02", TERMINATE,
            "57P03", TERMINATE,
            "57P05", TERMINATE,
            "25P03", TERMINATE,
            "25P04", TERMINATE,
            "25P02", "Let an earlier statement of the transaction fail: the server then answers 25P02 by itself");

    public ServerError {
        Objects.requireNonNull(state, "state");
        if (NO_ERROR.contains(state.category())) {
            throw refused(state, "is no error", "Use an error's state, for example \"40001\"");
        }
        if (state.category().equals("08")) {
            throw refused(state, "is a lost connection", "Use a Cut");
        }
        String instead = NOT_RAISED.get(state.code());
        if (instead != null) {
            throw refused(state, "can't be raised inside a living session", instead);
        }
        if (message != null && message.indexOf('\0') >= 0) {
            throw new ChaosException("message must be text that PostgreSQL can hold, but it contains a NUL character. "
                    + "Leave that character out.");
        }
    }

    /** With the default message. */
    public static ServerError of(String state) {
        return new ServerError(new SqlState(state), null);
    }

    private static ChaosException refused(SqlState state, String why, String instead) {
        return new ChaosException(
                "sqlState must be one that a statement can fail with, but " + state + " " + why + ". " + instead + ".");
    }

    /** The text that the server sends. */
    String text() {
        return message != null ? message : "failure " + state + " injected by a chaos test";
    }

    @Override
    public When strikes() {
        return When.BEFORE;
    }

    @Override
    public boolean endsTheCall() {
        return true;
    }

    @Override
    public Optional<String> mustComeBack() {
        return Optional.of(state.code());
    }

    @Override
    public boolean isPossibleAt(Site site) {
        return !SqlSites.isNeverFailed(site);
    }

    @Override
    public void requirePossibleAt(Target target) {
        Site never = SqlSites.NEVER_FAILED.stream()
                .filter(site -> isOnlyAt(target, site))
                .findFirst()
                .orElse(null);
        if (never != null) {
            throw new ChaosException("A server error must be raised where it aborts a transaction, but " + never.name()
                    + " can't fail so: " + reason(never) + " Use a Delay or a Cut there, or fail the next statement.");
        }
    }

    private static boolean isOnlyAt(Target target, Site site) {
        return target.equals(Target.of(site)) || (target instanceof SqlTarget sql && sql.isOnly(site));
    }

    private static String reason(Site site) {
        return site.equals(SqlSites.BEGIN)
                ? "it travels together with the next statement, which would then commit by itself."
                : "it always succeeds.";
    }

    @Override
    public String toString() {
        return "server error " + state;
    }
}
