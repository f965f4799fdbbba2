// SPDX-License-Identifier: Apache-2.0
package com.example.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.ChaosCut;
import dev.chaostest.junit5.postgres.ChaosDelay;
import dev.chaostest.junit5.postgres.ChaosFailure;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

@PostgresTest
@IsolatedSchema("bank.sql")
@Tag(ChaosTags.TRANSACTION)
class TransferServiceTest {

    @ChaosTest
    @ChaosFailure(sqlState = "40001", on = "UPDATE account", times = 2)
    void transferIsTriedAgainAfterASerializationFailure(HikariDataSource bank) throws SQLException {
        new TransferService(bank).transfer("t-1", 1, 2, 100);

        assertThat(balances(bank)).as("balances in the database").containsExactly(900, 1100);
    }

    @ChaosTest
    @ChaosFailure(sqlState = "53200", on = "UPDATE account", nth = 2)
    void aTransferThatFailsHalfWayMovesNothing(HikariDataSource bank) throws SQLException {
        assertThatThrownBy(() -> new TransferService(bank).transfer("t-1", 1, 2, 100))
                .isInstanceOf(SQLException.class);

        assertThat(balances(bank)).as("balances in the database").containsExactly(1000, 1000);
    }

    @ChaosTest
    @ChaosCut(on = "COMMIT", strikes = When.AFTER)
    void aTransferWhoseAnswerIsLostIsNotPaidTwice(HikariDataSource bank) throws SQLException {
        new TransferService(bank).transfer("t-1", 1, 2, 100);

        assertThat(balances(bank)).as("balances in the database").containsExactly(900, 1100);
    }

    @ChaosSweep
    void noFailureLosesMoney(HikariDataSource bank, Sweep sweep) throws SQLException {
        sweep.invariant("money", "SELECT sum(balance) FROM account");

        new TransferService(bank).transfer("t-1", 1, 2, 100);
    }

    @ChaosTest(rounds = 3)
    @ChaosDelay(max = "20ms")
    void aSlowDatabaseOnlyTakesTime(HikariDataSource bank) throws SQLException {
        new TransferService(bank).transfer("t-1", 1, 2, 100);

        assertThat(balances(bank)).as("balances in the database").containsExactly(900, 1100);
    }

    private static List<Integer> balances(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT balance FROM account ORDER BY id")) {
            List<Integer> balances = new ArrayList<>();
            while (rows.next()) {
                balances.add(rows.getInt(1));
            }
            return balances;
        }
    }
}
