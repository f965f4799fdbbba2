// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each constraint refuses with its own state, and keeps what was there. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.INTEGRITY)
class ConstraintTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    23505 | INSERT INTO account VALUES (1, 'dora', 0)
                    23505 | INSERT INTO account VALUES (4, 'ann', 0)
                    23514 | INSERT INTO account VALUES (4, 'dora', -1)
                    23514 | UPDATE account SET balance = balance - 1001 WHERE id = 1
                    23502 | INSERT INTO account VALUES (4, NULL, 0)
                    23503 | INSERT INTO entry (branch, message) VALUES ('nobody', 'x')
                    23503 | DELETE FROM branch WHERE name = 'main'
                    428C9 | INSERT INTO entry (id, branch, message) VALUES (1, 'main', 'x')
                    """)
    void eachConstraintRefusesWithItsState(String refused, String statement, DataSource shop) throws SQLException {
        assertThat(state(() -> run(shop, statement))).isEqualTo(refused);

        assertThat(texts(shop, "SELECT owner || ' ' || balance FROM account ORDER BY id"))
                .containsExactly("ann 1000", "bob 1000", "cleo 1000");
        assertThat(number(shop, "SELECT count(*) FROM branch")).isEqualTo(3);
    }

    @ChaosTest
    void aCascadeTakesTheChildren(DataSource shop) throws SQLException {
        run(
                shop,
                "ALTER TABLE entry DROP CONSTRAINT entry_branch_fkey,"
                        + " ADD FOREIGN KEY (branch) REFERENCES branch ON DELETE CASCADE");
        run(shop, "DELETE FROM version WHERE branch = 'main'");
        run(shop, "INSERT INTO entry (branch, message) VALUES ('main', 'x'), ('test', 'y')");

        run(shop, "DELETE FROM branch WHERE name = 'main'");

        assertThat(texts(shop, "SELECT message FROM entry")).containsExactly("y");
    }

    @ChaosTest
    void aDeferredConstraintRefusesAtCommit(DataSource shop) throws SQLException {
        run(shop, "ALTER TABLE entry ALTER CONSTRAINT entry_branch_fkey DEFERRABLE INITIALLY DEFERRED");

        assertThat(state(() -> Sql.inTransaction(shop, transaction -> {
                    run(transaction, "INSERT INTO entry (branch, message) VALUES ('later', 'x')");
                    run(transaction, "INSERT INTO entry (branch, message) VALUES ('main', 'y')");
                })))
                .isEqualTo("23503");

        assertThat(number(shop, "SELECT count(*) FROM entry")).isZero();
    }
}
