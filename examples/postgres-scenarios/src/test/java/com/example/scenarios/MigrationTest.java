// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.inTransaction;
import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.state;
import static com.example.scenarios.Sql.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/** Migrations that fail half-way, come twice, or come while somebody works. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.MIGRATION)
class MigrationTest {

    private static final String ADD_NOTE = "ALTER TABLE account ADD COLUMN note text";

    @ChaosTest
    void aMigrationTwiceIsRefused(DataSource shop) throws SQLException {
        run(shop, ADD_NOTE);

        assertThat(state(() -> run(shop, ADD_NOTE))).isEqualTo("42701");
        run(shop, "ALTER TABLE account ADD COLUMN IF NOT EXISTS note text");
    }

    @ChaosTest
    void aTypeChangeKeepsTheData(DataSource shop) throws SQLException {
        run(shop, "ALTER TABLE account ALTER COLUMN balance TYPE numeric(12, 2) USING balance / 100.0");

        assertThat(texts(shop, "SELECT balance FROM account"))
                .containsOnly("10.00")
                .hasSize(3);
    }

    @ChaosTest
    void aMigrationWithDataIsTakenBackWithIt(DataSource shop) throws SQLException {
        assertThat(state(() -> inTransaction(shop, transaction -> {
                    run(transaction, ADD_NOTE);
                    run(transaction, "INSERT INTO account VALUES (4, 'dora', 0, 'new')");
                    run(transaction, "SELECT 1 / 0");
                })))
                .isEqualTo("22012");

        assertThat(number(shop, "SELECT count(*) FROM account")).isEqualTo(3);
    }
}
