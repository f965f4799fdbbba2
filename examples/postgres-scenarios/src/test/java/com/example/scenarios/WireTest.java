// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.ChaosCut;
import dev.chaostest.junit5.postgres.ChaosMustCatch;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.advice.Advice;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.message.CancelOnServer;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/** Faults between statements, tests that are tried by sabotage, and settings that would hurt when something fails. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.TRANSACTION)
class WireTest {

    private static final String OWNERS = "SELECT owner FROM account ORDER BY id";

    @ChaosTest
    @ChaosCut(message = "CommandComplete", strikes = When.BEFORE)
    void anInsertWhoseAnswerIsCutIsThereAllTheSame(Connection teller, DataSource shop) throws SQLException {
        assertThat(state(() -> run(teller, "INSERT INTO account VALUES (?, 'dora', 500)", 4)))
                .isEqualTo("08006");

        assertThat(number(shop, "SELECT count(*) FROM account WHERE owner = 'dora'")).isEqualTo(1);
    }

    @ChaosTest
    void aResultThatIsCancelledHalfWayIsNotTakenForWhole(DataSource shop, ChaosScope scope) {
        scope.inject(Rule.of(SqlTarget.on("SELECT account").rows(), Trigger.nth(2), new CancelOnServer()));

        assertThat(state(() -> number(shop, OWNERS))).isEqualTo("57014");
    }

    @ChaosMustCatch({Sabotage.RUN_TWICE, Sabotage.DROP_WRITE})
    void aDepositIsThereOnce(HikariDataSource shop) throws SQLException {
        Accounts.deposit(shop, 1, 100);

        assertThat(number(shop, "SELECT balance FROM account WHERE id = 1")).isEqualTo(1100);
    }

    @ChaosTest
    void thePoolIsFitForFailures(HikariDataSource shop) {
        assertThat(Advice.of(shop).except("leakDetectionThreshold").recommendations())
                .extracting(each -> each.setting())
                .contains("socketTimeout");
    }
}
