// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.LedgerEntry.Cause;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.CancelOnServer;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/** 57014 in the middle of a result. */
@Timeout(120)
class CancelOnServerTest {

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    /** The server has sent such a small result before anybody can cancel it. */
    @ParameterizedTest
    @CsvSource({"extended,0", "extended,2", "simple,0", "extendedCacheEverything,2"})
    void smallResultInATransaction(String mode, int fetchSize) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(at(SqlTarget.on("SELECT account").rows(), 3))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, "UPDATE account SET balance = 5 WHERE id = 1");
            MessageTest.assertFails(() -> read(connection, "SELECT id FROM account ORDER BY id", fetchSize), "57014");
            MessageTest.assertFails(() -> WireTestServer.read(connection, "SELECT 1"), "25P02");
            connection.rollback();
            assertThat(WireTestServer.read(connection, "SELECT count(*) FROM account"))
                    .isEqualTo("9");
            connection.commit();
            assertThat(armed.answers()).containsExactly("57014");
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
    }

    /** More than all buffers on its way can hold: the server is still at work, so it is really cancelled. */
    @ParameterizedTest
    @CsvSource({"extended,0,true", "simple,0,true", "extended,0,false"})
    void largeResult(String mode, int fetchSize, boolean autoCommit) throws SQLException {
        String select = "SELECT n, repeat('x', 1000) FROM generate_series(1, 400000) AS n";
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(at(WireTarget.message("DataRow"), 3))) {
            connection.setAutoCommit(autoCommit);
            MessageTest.assertFails(() -> read(connection, select, fetchSize), "57014");
            if (!autoCommit) {
                connection.rollback();
            }
            assertThat(armed.round().ledger().entries(LedgerEntry.Answered.class))
                    .singleElement()
                    .satisfies(answered -> assertThat(answered.answer()).isEqualTo("57014"))
                    .satisfies(answered -> assertThat(answered.cause()).isEqualTo(Cause.REAL));
            assertThat(WireTestServer.read(connection, "SELECT count(*) FROM account"))
                    .isEqualTo("9");
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @Test
    void readingInAutoCommitMode() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at(WireTarget.message("DataRow"), 3))) {
            MessageTest.assertFails(() -> read(connection, "SELECT id FROM account", 0), "57014");
            assertThat(WireTestServer.read(connection, "SELECT count(*) FROM account"))
                    .isEqualTo("9");
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @Test
    void copyOut() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at(WireTarget.message("CopyData from server"), 3))) {
            MessageTest.assertFails(
                    () -> connection
                            .unwrap(PGConnection.class)
                            .getCopyAPI()
                            .copyOut("COPY account TO STDOUT", new StringWriter()),
                    "57014");
            assertThat(WireTestServer.read(connection, "SELECT count(*) FROM account"))
                    .isEqualTo("9");
            assertThat(armed.answers()).containsExactly("57014");
        }
    }

    @Test
    void whatHasWrittenAlreadyMakesTheTestRed() throws SQLException {
        Rule rule = at(WireTarget.message("DataRow"), 3);
        try (Connection connection = bank.connect();
                var armed = bank.arm(rule)) {
            MessageTest.assertFails(() -> read(connection, "UPDATE account SET balance = 5 RETURNING id", 0), "02000");
            assertThat(armed.round().mismatches())
                    .containsExactly("planned was answers stopped and the statement cancelled on the server at "
                            + "wire:DataRow of UPDATE account SET balance = ? RETURNING id, 3rd on lane connection-1, but "
                            + "it could not be carried out: the statement had ended when the cancel came, and what it "
                            + "wrote is there. Run it in a transaction");
        }
    }

    /** What the message advises. */
    @Test
    void whatHasWrittenInATransactionIsUndone() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at(WireTarget.message("DataRow"), 3))) {
            connection.setAutoCommit(false);
            MessageTest.assertFails(() -> read(connection, "UPDATE account SET balance = 5 RETURNING id", 0), "57014");
            connection.rollback();
            assertThat(armed.answers()).containsExactly("57014");
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
    }

    @Test
    void onlyRowsCanBeStopped() {
        assertThatThrownBy(() -> at(WireTarget.message("CommandComplete"), 1))
                .isInstanceOf(ChaosException.class)
                .hasMessage("\"answers stopped and the statement cancelled on the server\" must be at a row, but is at "
                        + "wire:CommandComplete. Use WireTarget.message(\"DataRow\"), or WireTarget.message(\"CopyData "
                        + "from server\").");
    }

    private static Rule at(Target target, int nth) {
        return Rule.of(target, Trigger.nth(nth), new CancelOnServer());
    }

    private static int read(Connection connection, String select, int fetchSize) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(fetchSize);
            try (ResultSet rows = statement.executeQuery(select)) {
                int count = 0;
                while (rows.next()) {
                    count++;
                }
                return count;
            }
        }
    }
}
