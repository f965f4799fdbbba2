// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Field;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Query;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.ResultCursor;
import org.postgresql.core.ResultHandlerBase;
import org.postgresql.core.SqlCommand;
import org.postgresql.core.Tuple;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Sends a script as one Query message, as psql's {@code -c} does.
 *
 * <p>The driver would cut it at semicolons first. Then the position in an error would count from the start of an unknown
 * piece, and every piece would have to be parsed as the server does.
 */
final class ScriptRunner {

    private static final int FLAGS =
            QueryExecutor.QUERY_ONESHOT | QueryExecutor.QUERY_EXECUTE_AS_SIMPLE | QueryExecutor.QUERY_SUPPRESS_BEGIN;

    /** After these the transaction may be over, or the schema gone. */
    private static final Set<String> ENDS =
            Set.of("COMMIT", "ROLLBACK", "PREPARE TRANSACTION", "DROP SCHEMA", "DROP OWNED", "ALTER SCHEMA");

    private ScriptRunner() {}

    /**
     * Runs it in the transaction that is open.
     *
     * @return whether that is still open for certain, with all that was made in it
     * @throws ChaosException if a statement fails, with the place in the script
     */
    static boolean run(Connection connection, Script script) throws SQLException {
        QueryExecutor executor = pgjdbc(connection).getQueryExecutor();
        Query query = executor.wrap(List.of(new NativeQuery(script.text(), SqlCommand.BLANK)));
        Completed completed = new Completed();
        try {
            executor.execute(query, null, completed, 0, 0, FLAGS);
            return !completed.mayBeOver;
        } catch (SQLException e) {
            throw failed(script, completed.count + 1, e);
        }
    }

    private static BaseConnection pgjdbc(Connection connection) throws SQLException {
        if (connection.isWrapperFor(BaseConnection.class)) {
            return connection.unwrap(BaseConnection.class);
        }
        throw new ChaosException("A connection for scripts must unwrap to pgjdbc's, but is "
                + connection.getClass().getName() + ". Give a DataSource of pgjdbc, or one of HikariCP around it.");
    }

    private static ChaosException failed(Script script, int statement, SQLException cause) {
        ServerErrorMessage server = cause instanceof PSQLException pg ? pg.getServerErrorMessage() : null;
        Script.Place place = server == null || server.getPosition() < 1 ? null : script.place(server.getPosition());
        String where = place == null ? "" : " at line " + place.line() + ", column " + place.column();
        return new ChaosException(
                "Script \"" + script.location() + "\" must run without an error, but statement " + statement
                        + " failed" + where + " with SQLSTATE " + cause.getSQLState() + ". Correct it there."
                        + "\n  error  : " + message(server, cause)
                        + (place == null ? "" : "\n  line   : " + place.content()),
                cause);
    }

    private static @Nullable String message(@Nullable ServerErrorMessage server, SQLException cause) {
        return server == null ? cause.getMessage() : server.getMessage();
    }

    private static final class Completed extends ResultHandlerBase {
        private int count;
        private boolean mayBeOver;

        @Override
        public void handleCommandStatus(String status, long updateCount, long insertOid) {
            count++;
            mayBeOver |= ENDS.contains(status);
        }

        @Override
        public void handleResultRows(Query from, Field[] fields, List<Tuple> rows, @Nullable ResultCursor cursor) {
            count++;
        }

        /** What DROP ... IF EXISTS and CASCADE tell is not worth a word. */
        @Override
        public void handleWarning(SQLWarning warning) {}
    }
}
