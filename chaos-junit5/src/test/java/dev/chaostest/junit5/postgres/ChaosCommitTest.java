// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.postgres.truth.Fate;
import dev.chaostest.postgres.truth.TransactionOutcome;
import dev.chaostest.postgres.truth.Truth;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/** Each way in which a COMMIT is lost: what the caller saw, and what is true. */
@PostgresTest
@IsolatedSchema("bank.sql")
@Tag(ChaosTags.RECOVERY)
class ChaosCommitTest {

    @ChaosTest
    @ChaosCommit(CommitFault.NEVER_SENT)
    void neverSent(DataSource bank, Truth truth) throws SQLException {
        assertThat(commit(bank)).isEqualTo("08006");
        assertThat(truth.outcomes()).extracting(TransactionOutcome::fate).containsExactly(Fate.ABORTED);
        assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
    }

    @ChaosTest
    @ChaosCommit(CommitFault.REPLY_LOST)
    void replyLost(DataSource bank, Truth truth) throws SQLException {
        assertThat(commit(bank)).isEqualTo("08006");
        assertThat(truth.ghosts()).hasSize(1);
        assertThat(truth.lost()).isEmpty();
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    @ChaosTest
    @ChaosCommit(value = CommitFault.ACKNOWLEDGED_LATE, delay = "20ms")
    void acknowledgedLate(DataSource bank, Truth truth, ChaosScope scope) throws SQLException {
        assertThat(commit(bank)).isEqualTo("no error");
        assertThat(truth.outcomes()).isEmpty();
        assertThat(scope.fired()).hasSize(1);
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    @ChaosTest
    @ChaosCommit(CommitFault.REJECTED)
    void rejected(DataSource bank, Truth truth) throws SQLException {
        assertThat(commit(bank)).isEqualTo("40001");
        assertThat(truth.outcomes()).extracting(TransactionOutcome::saw).containsExactly("40001");
        assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
    }

    @ChaosTest
    @ChaosCommit(value = CommitFault.REJECTED, sqlState = "23505")
    void rejectedByADeferredConstraint(DataSource bank, Truth truth) throws SQLException {
        assertThat(commit(bank)).isEqualTo("23505");
        assertThat(truth.outcomes()).extracting(TransactionOutcome::fate).containsExactly(Fate.ABORTED);
    }

    @ChaosTest
    @ChaosCommit(CommitFault.ROLLED_BACK)
    void rolledBack(HikariDataSource bank, Truth truth) throws SQLException {
        assertThat(commit(bank)).isEqualTo("no error");
        assertThat(truth.lost()).hasSize(1);
        assertThat(commit(bank)).isEqualTo("no error");
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    @ChaosTest
    @ChaosCommit(value = CommitFault.REPLY_LOST, on = "UPDATE account")
    void ofAStatementThatCommitsByItself(DataSource bank, Truth truth) throws SQLException {
        SQLException lost = catchThrowableOfType(SQLException.class, () -> Bank.add(bank, 1, 1));
        assertThat(lost.getSQLState()).isEqualTo("08006");
        assertThat(truth.ghosts()).hasSize(1);
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    private static String commit(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            Bank.add(connection, 1, 1);
            SQLException thrown = catchThrowableOfType(SQLException.class, connection::commit);
            return thrown == null ? "no error" : thrown.getSQLState();
        }
    }
}
