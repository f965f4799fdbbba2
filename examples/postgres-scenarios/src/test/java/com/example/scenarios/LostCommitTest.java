// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.ChaosCommit;
import dev.chaostest.junit5.postgres.CommitFault;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.truth.Truth;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/** A COMMIT whose answer is lost, or not what it seems: what the application saw, and what is true. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.TRANSACTION)
class LostCommitTest {

    private static final String OPEN =
            "INSERT INTO account VALUES (?, 'dora', 500) ON CONFLICT (owner) DO NOTHING"; // safe to be run again
    private static final String ACCOUNTS = "SELECT count(*) FROM account WHERE owner = 'dora'";

    private static void open(DataSource shop) throws SQLException {
        try (Connection connection = shop.getConnection()) {
            connection.setAutoCommit(false);
            run(connection, OPEN, 4);
            connection.commit();
        }
    }

    @ChaosTest
    @ChaosCommit(CommitFault.REPLY_LOST)
    void whatIsSafeToBeRunAgainIsThereOnceThoughItsReplyWasLost(DataSource shop, Truth truth) throws SQLException {
        assertThat(state(() -> open(shop))).isEqualTo("08006");
        open(shop);

        assertThat(truth.ghosts()).as("committed, though the application saw an error").hasSize(1);
        assertThat(number(shop, ACCOUNTS)).isEqualTo(1);
    }

    @ChaosTest
    @ChaosCommit(CommitFault.NEVER_SENT)
    void theSameErrorMayMeanThatNothingIsThere(DataSource shop, Truth truth) throws SQLException {
        assertThat(state(() -> open(shop))).isEqualTo("08006");

        assertThat(truth.ghosts()).isEmpty();
        assertThat(number(shop, ACCOUNTS)).isZero();
    }

    @ChaosTest
    void aSwallowedErrorLosesTheWholeTransaction(DataSource shop, Truth truth) throws SQLException {
        try (Connection connection = shop.getConnection()) {
            connection.setAutoCommit(false);
            run(connection, OPEN, 4);
            assertThat(state(() -> run(connection, "INSERT INTO account VALUES (1, 'eve', 0)"))).isEqualTo("23505");
            connection.commit(); // says nothing: the server has answered ROLLBACK
        }

        assertThat(truth.lost()).as("not committed, though the application saw no error").hasSize(1);
        assertThat(number(shop, ACCOUNTS)).isZero();
    }
}
