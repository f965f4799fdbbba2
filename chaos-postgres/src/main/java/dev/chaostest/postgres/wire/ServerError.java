// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.sqlstate.SqlState;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has a statement, or a connect, answered with an SQLSTATE.
 *
 * <p>The caller sees its driver's own exception with this state. The statement itself is not run; other connections are not
 * affected. What the session is afterwards depends on how the state is {@linkplain Provocation provoked}, which follows from
 * it:
 *
 * <ul>
 *   <li>Most are raised by the server. The transaction is really aborted: the next statement in it gets 25P02, and a rollback
 *       is needed. At COMMIT the session is idle afterwards, as after a real failure there, and nothing is committed.
 *   <li>57014 is a real cancel, {@link #statementTimeout} a real time-out, {@link #lockTimeout} (55P03) a real wait; the
 *       transaction is aborted as above.
 *   <li>{@link #idleInTransactionTimeout} (25P03), {@link #idleSessionTimeout} (57P05) and {@link #transactionTimeout}
 *       (25P04) are real time-outs that end the session.
 *   <li>57P01 is a real termination. 57P02, 57P04, 57P05, 25P03 and 25P04 are one whose answer carries that state. The session
 *       is over. (A real crash makes the server send 57P02 as a warning and vanish: to meet that, use a {@link Cut}.)
 *   <li>08006 is a lost connection, as a {@link Cut} before the effect: the state is the driver's. Other states of class 08
 *       are raised, as a pooler or a foreign server does, and the session lives.
 *   <li>08001, 08004, 53300 and 57P03 come at connect only. Any other state can be given there too; the server is not asked.
 * </ul>
 *
 * <p>Where the driver tries again by itself, its caller sees nothing: with {@code sslmode=prefer} a 28000 at connect is
 * answered by a second connect. A cancel and a termination need the session's own role back; {@code SET ROLE} is no
 * hindrance, {@code SET SESSION AUTHORIZATION} is (42501 comes back, and is shown as not planned).
 *
 * <p>BEGIN and ROLLBACK never fail: a rule for "every statement" passes over them. In a transaction that is aborted
 * already the server answers 25P02 instead, and the ledger shows it as not planned.
 *
 * <p>Default message: the server's own where the cause is real, else one that says it was injected.
 *
 * <pre>{@code
 * Rule conflict = Rule.of(SqlTarget.on("UPDATE account"), Trigger.first(2), ServerError.of("40001"));
 * Rule killed = Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), ServerError.of("57P01"));
 * Rule crowded = Rule.of(SqlTarget.on("connect"), Trigger.first(3), ServerError.of("53300"));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, Appendix A; PL/pgSQL, "Errors and Messages".
 *
 * @param state what comes back
 * @param message its text, or null for the default
 * @param how it is provoked
 * @since 0.1
 */
public record ServerError(SqlState state, @Nullable String message, Provocation how) implements Fault {

    private static final Set<String> NO_ERROR = Set.of("00", "01", "02");
    private static final SqlState CANCELLED = new SqlState("57014");
    private static final SqlState LOCKED = new SqlState("55P03");

    private static final SqlState IDLE_IN_TRANSACTION = new SqlState("25P03");
    private static final SqlState IDLE = new SqlState("57P05");
    private static final SqlState TOO_LONG = new SqlState("25P04");

    public ServerError {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(how, "how");
        if (NO_ERROR.contains(state.category())) {
            throw new ChaosException("sqlState must be one that a statement can fail with, but " + state
                    + " is no error. Use an error's state, for example \"40001\".");
        }
        if (!isOf(how, state)) {
            throw new ChaosException("how must be a way to provoke " + state + ", but was " + how
                    + ". Use ServerError.of(\"" + state + "\").");
        }
        if (message != null && message.indexOf('\0') >= 0) {
            throw new ChaosException("message must be text that PostgreSQL can hold, but it contains a NUL character. "
                    + "Leave that character out.");
        }
        if (message != null && how == Provocation.CUT) {
            throw new ChaosException("message must not be given with " + state
                    + ", whose text is the driver's own, but was \"" + message + "\". Leave it out.");
        }
    }

    /** With a text of the test's own, or null for the default. */
    public ServerError(SqlState state, @Nullable String message) {
        this(state, message, message == null ? Provocation.usual(state) : Provocation.withText(state));
    }

    /** With the default message. */
    public static ServerError of(String state) {
        return new ServerError(new SqlState(state), null);
    }

    /** 57014, since the statement takes longer than {@code statement_timeout}. */
    public static ServerError statementTimeout() {
        return new ServerError(CANCELLED, null, Provocation.STATEMENT_TIMEOUT);
    }

    /** 55P03, since the statement waits longer than {@code lock_timeout}. */
    public static ServerError lockTimeout() {
        return new ServerError(LOCKED, null, Provocation.LOCK_TIMEOUT);
    }

    /**
     * 25P03, since the session is idle in a transaction for longer than {@code idle_in_transaction_session_timeout}. At a
     * statement outside a transaction 57P05 comes, and the ledger shows it as not planned.
     */
    public static ServerError idleInTransactionTimeout() {
        return new ServerError(IDLE_IN_TRANSACTION, null, Provocation.IDLE_TIMEOUT);
    }

    /**
     * 57P05, since the session is idle outside a transaction for longer than {@code idle_session_timeout}. In a transaction
     * 25P03 comes, and the ledger shows it as not planned.
     */
    public static ServerError idleSessionTimeout() {
        return new ServerError(IDLE, null, Provocation.IDLE_TIMEOUT);
    }

    /**
     * 25P04, since the transaction takes longer than {@code transaction_timeout}. Before PostgreSQL 17 the server answers
     * 0A000 with the reason, and the ledger shows it as not planned.
     */
    public static ServerError transactionTimeout() {
        return new ServerError(TOO_LONG, null, Provocation.TRANSACTION_TIMEOUT);
    }

    private static boolean isOf(Provocation how, SqlState state) {
        return switch (how) {
            case RAISED -> Provocation.usual(state) != Provocation.CUT;
            case STATEMENT_TIMEOUT -> state.equals(CANCELLED);
            case LOCK_TIMEOUT -> state.equals(LOCKED);
            case IDLE_TIMEOUT -> state.equals(IDLE_IN_TRANSACTION) || state.equals(IDLE);
            case TRANSACTION_TIMEOUT -> state.equals(TOO_LONG);
            default -> how == Provocation.usual(state) || how == Provocation.withText(state);
        };
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
        return Optional.of(how == Provocation.CUT ? Cut.CAME_BACK : state.code());
    }

    @Override
    public boolean isPossibleAt(Site site) {
        if (site.equals(SqlSites.CONNECT)) {
            return !Provocation.isNeverAtConnect(state);
        }
        return !SqlSites.isNeverFailed(site) && !Provocation.isAtConnectOnly(state);
    }

    @Override
    public void requirePossibleAt(Target target) {
        if (Provocation.isAtConnectOnly(state) && !target.matches(SqlSites.CONNECT)) {
            throw new ChaosException("A server error " + state + " must be given to a client that connects, but "
                    + target + " never connects. Use on = \"connect\".");
        }
        if (Provocation.isNeverAtConnect(state) && isOnlyAt(target, SqlSites.CONNECT)) {
            throw new ChaosException("A server error at connect must be one that a client can get there, but " + state
                    + " is a connection that was lost later. Use 08001.");
        }
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
        if (site.equals(SqlSites.DISCONNECT)) {
            return "the client does not wait for an answer.";
        }
        return site.equals(SqlSites.BEGIN)
                ? "it travels together with the next statement, which would then commit by itself."
                : "it always succeeds.";
    }

    @Override
    public String toString() {
        return switch (how) {
            case CUT -> "connection lost (" + state + ")";
            case STATEMENT_TIMEOUT -> "server error " + state + " (statement time-out)";
            case LOCK_TIMEOUT -> "server error " + state + " (lock time-out)";
            case IDLE_TIMEOUT -> "server error " + state + " (idle time-out)";
            case TRANSACTION_TIMEOUT -> "server error " + state + " (transaction time-out)";
            default -> "server error " + state;
        };
    }
}
