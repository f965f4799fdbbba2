// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.sqlstate.Aftermath;
import dev.chaostest.postgres.sqlstate.PoolReaction;
import dev.chaostest.postgres.sqlstate.StateEntry;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Brings a state about for a caller with and without a pool, and looks at what is left. */
final class StateLab {

    private static final String STATEMENT = "UPDATE account SET balance = 5 WHERE id = 1";

    private final WireFixture bank;

    StateLab(WireFixture bank) {
        this.bank = bank;
    }

    /**
     * What a caller sees.
     *
     * @param severity the server's; "driver" where the driver itself says it
     * @param position whether the error tells where in the text it is
     */
    record Outcome(String state, String severity, boolean position, Aftermath aftermath, PoolReaction pool) {

        /** An injected error has no place in a text that was never read. */
        Outcome withoutPosition() {
            return new Outcome(state, severity, false, aftermath, pool);
        }
    }

    /** Brings a state about on a connection whose transaction is open or about to be. */
    @FunctionalInterface
    interface Deed {
        void on(Connection connection) throws SQLException;
    }

    /** Past the seam. */
    Outcome real(Deed deed) throws SQLException {
        try (Connection connection = past();
                HikariDataSource pool = pool(new Properties())) {
            return outcome(connection, pool, deed);
        }
    }

    /** By a rule; the ledger says what the catalogue says. */
    Outcome injected(StateEntry entry) throws SQLException {
        Deed statement = connection -> WireTestServer.run(connection, STATEMENT);
        try (Connection connection = bank.connect();
                HikariDataSource pool = pool(bank.wire().properties())) {
            pool.getConnection().close(); // connected before anything strikes
            try (var armed = bank.arm(
                    Rule.of(SqlTarget.on("UPDATE account"), Trigger.first(2), ServerError.of(entry.state().code())))) {
                Outcome outcome = outcome(connection, pool, statement);
                assertThat(armed.fired()).hasSize(2);
                assertThat(armed.round().mismatches()).isEmpty();
                assertThat(armed.round().ledger().entries(LedgerEntry.Answered.class))
                        .allMatch(answer -> isAsTrue(answer, entry));
                return outcome;
            }
        }
    }

    /** A cut has no cause of its own: the driver finds it. */
    static boolean isAsTrue(LedgerEntry.Answered answer, StateEntry entry) {
        return Objects.requireNonNullElse(answer.cause(), LedgerEntry.Cause.REAL) == entry.provoked();
    }

    private static Outcome outcome(Connection connection, HikariDataSource pool, Deed deed) throws SQLException {
        connection.setAutoCommit(false);
        SQLException thrown = failure(() -> deed.on(connection));
        requireShape(thrown);
        return new Outcome(
                thrown.getSQLState(), severity(thrown), hasPosition(thrown), aftermath(connection), reaction(pool, deed));
    }

    static String severity(SQLException thrown) {
        ServerErrorMessage said = thrown instanceof PSQLException error ? error.getServerErrorMessage() : null;
        return said == null ? "driver" : String.valueOf(said.getSeverity());
    }

    /** As the driver prints any error of a server: the severity, then the text. */
    private static void requireShape(SQLException thrown) {
        if (!severity(thrown).equals("driver")) {
            assertThat(thrown.getMessage()).matches("(?s)" + severity(thrown) + ": \\S.*");
        }
    }

    private static boolean hasPosition(SQLException thrown) {
        ServerErrorMessage said = thrown instanceof PSQLException error ? error.getServerErrorMessage() : null;
        return said != null && said.getPosition() > 0;
    }

    private static Aftermath aftermath(Connection connection) throws SQLException {
        if (connection.isClosed()) {
            return Aftermath.SESSION_OVER;
        }
        assertThat(connection.unwrap(BaseConnection.class).getTransactionState()).hasToString("FAILED");
        assertThat(failure(() -> WireTestServer.run(connection, "SELECT 1")).getSQLState())
                .isEqualTo("25P02");
        connection.rollback();
        assertThat(WireTestServer.read(connection, "SELECT 7")).isEqualTo("7");
        return Aftermath.TRANSACTION_ABORTED;
    }

    /** HikariCP has a proxy say that it is closed as soon as its connection is evicted. */
    private static PoolReaction reaction(HikariDataSource pool, Deed deed) throws SQLException {
        Connection borrowed = pool.getConnection();
        int first = pid(borrowed);
        borrowed.setAutoCommit(false);
        failure(() -> deed.on(borrowed));
        boolean evicted = borrowed.isClosed();
        borrowed.close();
        try (Connection next = pool.getConnection()) {
            assertThat(pid(next) != first).as("the next borrower gets another one").isEqualTo(evicted);
        }
        return evicted ? PoolReaction.EVICTS : PoolReaction.KEEPS;
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    /** What must fail. */
    static SQLException failure(ThrowingCallable call) {
        SQLException thrown = catchThrowableOfType(SQLException.class, call);
        assertThat((Throwable) thrown).as("what is thrown").isNotNull();
        return thrown;
    }

    private Connection past() throws SQLException {
        Properties login = WireTestServer.login();
        login.setProperty("currentSchema", bank.schema());
        return DriverManager.getConnection(WireTestServer.url(), login);
    }

    HikariDataSource pool(Properties driver) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(WireTestServer.url());
        config.setUsername("postgres");
        config.setSchema(bank.schema());
        config.setMaximumPoolSize(1);
        config.setDataSourceProperties(driver);
        return new HikariDataSource(config);
    }
}
