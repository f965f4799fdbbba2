// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.postgres.wire.Provocation;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SlowStatement;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.util.List;
import java.util.Locale;

/** The SQL that makes the server fail. */
final class Injection {

    /** Longer than any server takes to act on what was asked of it before. */
    private static final String WAIT = "PERFORM pg_catalog.pg_sleep(60);";

    private static final String BACKEND = "(pg_catalog.pg_backend_pid());";

    /** A session may always signal itself, but a role that it has taken on may not. The failure takes this back. */
    private static final String AS_ITSELF = "SET LOCAL ROLE NONE;";

    private Injection() {}

    /** Statements to run in order, the last of which fails or has the session end; the others change nothing that outlives the failure. */
    static List<String> failing(ServerError error, LockedKey locked) {
        return switch (error.how()) {
            case CANCELLED -> List.of(cancelled());
            case TERMINATED, ENDED -> List.of(block(signal("pg_terminate_backend")));
            case STATEMENT_TIMEOUT -> List.of(block(set("statement_timeout")), block(WAIT));
            case TRANSACTION_TIMEOUT -> List.of(transactionTimeout());
            case IDLE_TIMEOUT -> List.of(idleTimeouts());
            case LOCK_TIMEOUT -> List.of(locked.isHeld() ? lockTimeout(locked) : raise(error));
            case RAISED, CUT -> List.of(raise(error));
        };
    }

    /** Whether the session is over then. */
    static boolean endsTheSession(Provocation how) {
        return switch (how) {
            case TERMINATED, ENDED, CUT, IDLE_TIMEOUT, TRANSACTION_TIMEOUT -> true;
            case RAISED, CANCELLED, STATEMENT_TIMEOUT, LOCK_TIMEOUT -> false;
        };
    }

    /** A block that is cancelled as by a cancel request. */
    static String cancelled() {
        return block(signal("pg_cancel_backend"));
    }

    /** Fails the transaction before its end, which then is a rollback. */
    static String unseen() {
        return block("RAISE EXCEPTION 'unseen failure injected by a chaos test';");
    }

    /** One row comes after the sleep; the other is never asked for, so the statement's time goes on with the client's. */
    static String sleeping(SlowStatement slow) {
        long millis = slow.sleep().toMillis();
        return String.format(
                Locale.ROOT,
                "SELECT pg_catalog.pg_sleep(%d.%03d) FROM pg_catalog.generate_series(1, 2)",
                millis / 1000,
                millis % 1000);
    }

    private static String signal(String function) {
        return AS_ITSELF + "PERFORM pg_catalog." + function + BACKEND + WAIT;
    }

    /** Both, so that the session ends in any case: the state tells which one it was. */
    private static String idleTimeouts() {
        return block("PERFORM pg_catalog.set_config('idle_in_transaction_session_timeout','1ms',false),"
                + "pg_catalog.set_config('idle_session_timeout','1ms',false);");
    }

    private static String transactionTimeout() {
        return block("IF pg_catalog.current_setting('server_version_num')::int < 170000 THEN RAISE EXCEPTION USING "
                + "ERRCODE='0A000', MESSAGE='transaction_timeout needs PostgreSQL 17 or later', "
                + "HINT='Use ServerError.of(\"25P04\").'; END IF;"
                + set("transaction_timeout") + WAIT);
    }

    private static String lockTimeout(LockedKey locked) {
        return block(set("lock_timeout") + "PERFORM pg_catalog.pg_advisory_xact_lock(" + locked.key() + ");");
    }

    /** For this transaction only: its end takes it back. */
    private static String set(String timeout) {
        return "PERFORM pg_catalog.set_config('" + timeout + "','1ms',true);";
    }

    /** A block that raises, whatever {@code standard_conforming_strings} says and whatever the text holds. */
    private static String raise(ServerError error) {
        return block("RAISE EXCEPTION USING ERRCODE='" + error.state() + "', MESSAGE=" + quote(ServersWords.of(error))
                + ";");
    }

    private static String block(String body) {
        String tag = "$chaos$";
        for (int n = 1; body.contains(tag); n++) {
            tag = String.format(Locale.ROOT, "$chaos%d$", n);
        }
        return "DO " + tag + "BEGIN " + body + " END" + tag;
    }

    /**
     * As {@link #failing}, in place of a string of statements: if its first one is BEGIN, that one is still run, since
     * whatever fails behind it leaves a failed transaction.
     */
    static String inPlaceOf(String site, List<String> failing) {
        int end = site.indexOf(';');
        boolean begins = end > 0 && SqlSites.BEGIN.equals(SqlSites.site(site.substring(0, end)));
        return (begins ? "BEGIN; " : "") + String.join("; ", failing);
    }

    private static String quote(String text) {
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
