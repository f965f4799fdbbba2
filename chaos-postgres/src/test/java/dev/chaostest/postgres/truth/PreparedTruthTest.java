// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two-phase commit: each of its phases can lose its answer. */
@Timeout(120)
class PreparedTruthTest {

    private static final String UPDATE = "UPDATE account SET balance = 5 WHERE id = 1";

    private TruthFixture bank;
    private String name;

    @BeforeEach
    void open() throws SQLException {
        bank = new TruthFixture();
        name = "it's " + bank.schema();
    }

    @AfterEach
    void close() throws SQLException {
        try (Connection direct = WireTestServer.direct()) {
            String left = "SELECT count(*) FROM pg_prepared_xacts WHERE gid = '" + name.replace("'", "''") + "'";
            if (WireTestServer.read(direct, left).equals("1")) {
                WireTestServer.run(direct, quoted("ROLLBACK PREPARED"));
            }
        }
        bank.close();
    }

    private String quoted(String command) {
        return command + " '" + name.replace("'", "''") + "'";
    }

    private static Rule first(String pattern, Fault fault) {
        return Rule.of(SqlTarget.matching(pattern), Trigger.nth(1), fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void lostReplyOfAPrepareLeavesItOpenUntilSomebodyEndsIt(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                Connection other = WireTestServer.direct();
                var armed = bank.arm(first("^PREPARE TRANSACTION", CommitLost.replyLost()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            String number = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            TruthFixture.assertState(() -> WireTestServer.run(connection, quoted("PREPARE TRANSACTION")), "08006");
            assertThat(bank.only().toString())
                    .isEqualTo("transaction " + number + " IN PROGRESS (prepared as \"" + name
                            + "\"); the client saw 08006");
            WireTestServer.run(other, quoted("COMMIT PREPARED"));
            assertThat(bank.only().toString()).isEqualTo("transaction " + number + " COMMITTED; the client saw 08006");
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(1)).isEqualTo(5);
    }

    @Test
    void prepareOfAFailedTransactionIsAnsweredByRollback() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(first("^PREPARE TRANSACTION", CommitLost.rolledBack()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            WireTestServer.run(connection, quoted("PREPARE TRANSACTION"));
            assertThat(bank.truth().lost()).hasSize(1);
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void lostReplyOfACommitPreparedIsAGhost(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(first("^COMMIT PREPARED", CommitLost.replyLost()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            String number = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            WireTestServer.run(connection, quoted("PREPARE TRANSACTION"));
            connection.setAutoCommit(true);
            TruthFixture.assertState(() -> WireTestServer.run(connection, quoted("COMMIT PREPARED")), "08006");
            assertThat(TruthFixture.only(bank.truth().ghosts()).toString())
                    .isEqualTo("transaction " + number + " COMMITTED; the client saw 08006");
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @Test
    void commitPreparedThatWasNeverSentLeavesItPrepared() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(first("^COMMIT PREPARED", CommitLost.neverSent()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            WireTestServer.run(connection, quoted("PREPARE TRANSACTION"));
            connection.setAutoCommit(true);
            TruthFixture.assertState(() -> WireTestServer.run(connection, quoted("COMMIT PREPARED")), "08006");
            assertThat(bank.only().fate()).isEqualTo(Fate.IN_PROGRESS);
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @Test
    void commitPreparedOfWhatAnotherPreparedIsKnownByTheServersWordOrNotAtAll() throws SQLException {
        try (Connection other = WireTestServer.direct();
                Connection connection = bank.connect();
                var armed = bank.arm(first("^COMMIT PREPARED", CommitLost.replyLost()))) {
            other.setAutoCommit(false);
            WireTestServer.run(other, "UPDATE " + bank.schema() + ".account SET balance = 5 WHERE id = 1");
            WireTestServer.run(other, quoted("PREPARE TRANSACTION"));
            TruthFixture.assertState(() -> WireTestServer.run(connection, quoted("COMMIT PREPARED")), "08006");
            assertThat(bank.only().toString())
                    .isEqualTo("a transaction without a known number COMMITTED; the client saw 08006");
            assertThat(armed.fired()).hasSize(1);
        }
    }
}
