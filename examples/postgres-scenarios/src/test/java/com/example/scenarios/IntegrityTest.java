// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.inTransaction;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.integrity.Integrity;
import dev.chaostest.postgres.integrity.Invariant;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.snapshot.Rollback;
import dev.chaostest.postgres.snapshot.SchemaFingerprint;
import dev.chaostest.postgres.snapshot.SchemaSnapshot;
import dev.chaostest.postgres.snapshot.SchemaSnapshots;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/** What is wrong with data and schema is found, and what is right is shown to be. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.INTEGRITY)
class IntegrityTest {

    @ChaosTest
    void anOrphanThatSlippedInIsFound(Integrity integrity, DataSource shop) throws SQLException {
        inTransaction(shop, transaction -> {
            run(transaction, "SET LOCAL session_replication_role = replica");
            run(transaction, "INSERT INTO entry (branch, message) VALUES ('nobody', 'orphan')");
        });

        assertThatThrownBy(() -> integrity.check().assertSound())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("nobody");
    }

    @ChaosTest
    void workThatKeepsTheRulesIsSound(Integrity integrity, DataSource shop) throws SQLException {
        integrity.remember(Invariant.of("money", "SELECT sum(balance) FROM account"));

        run(shop, "UPDATE account SET balance = balance + CASE id WHEN 1 THEN -100 ELSE 100 END WHERE id < 3");

        integrity.assertRemembered();
        integrity.assertHolds(Invariant.unique("one account each", "SELECT owner FROM account"));
        integrity.check().assertSound();
    }

    @ChaosTest
    void moneyThatIsGoneIsMissed(Integrity integrity, DataSource shop) throws SQLException {
        integrity.remember(Invariant.of("money", "SELECT sum(balance) FROM account"));

        run(shop, "UPDATE account SET balance = balance - 1 WHERE id = 1");

        assertThatThrownBy(integrity::assertRemembered).isInstanceOf(AssertionError.class);
    }

    @ChaosTest
    void aFailedTransferChangesNotARow(SchemaSnapshots snapshots, DataSource shop) {
        Rollback.expect(
                "23514",
                snapshots,
                () -> inTransaction(shop, transaction -> {
                    run(transaction, "INSERT INTO entry (branch, message) VALUES ('main', 'transfer')");
                    run(transaction, "UPDATE account SET balance = balance + 5000 WHERE id = 2");
                    run(transaction, "UPDATE account SET balance = balance - 5000 WHERE id = 1");
                }));
    }

    @ChaosTest
    void aChangedRowIsNamed(SchemaSnapshots snapshots, DataSource shop) throws SQLException {
        SchemaSnapshot before = snapshots.capture();

        run(shop, "UPDATE account SET balance = 999 WHERE id = 2");

        assertThat(before.diff().table("account").orElseThrow().changed()).isEqualTo(1);
        assertThatThrownBy(before::assertUnchanged).hasMessageContaining("999");
    }

    @ChaosTest
    void aFailedMigrationLeavesTheSchemaAsItWas(TestSchema schema, DataSource shop) {
        SchemaFingerprint before = SchemaFingerprint.of(shop, schema.name());

        assertThat(state(() -> inTransaction(shop, transaction -> {
                    run(transaction, "ALTER TABLE account ADD COLUMN note text");
                    run(transaction, "CREATE INDEX account_note ON account (note)");
                    run(transaction, "ALTER TABLE nobody ADD COLUMN note text");
                })))
                .isEqualTo("42P01");

        assertThat(before.diff(SchemaFingerprint.of(shop, schema.name()))).isEmpty();
    }

    @ChaosTest
    void halfAMigrationIsDetected(TestSchema schema, DataSource shop) throws SQLException {
        TestSchema complete = schema.sibling("complete", "shop.sql");
        run(shop, "ALTER TABLE " + complete.qualify("account") + " ADD COLUMN note text, ADD COLUMN since date");

        run(shop, "ALTER TABLE account ADD COLUMN note text");

        assertThat(SchemaFingerprint.of(shop, complete.name()).diff(SchemaFingerprint.of(shop, schema.name())))
                .hasSize(1)
                .first()
                .asString()
                .contains("since");
    }

    @ChaosTest
    void whatSomebodyChangedByHandIsDetected(TestSchema schema, DataSource shop) throws SQLException {
        SchemaFingerprint before = SchemaFingerprint.of(shop, schema.name());

        run(shop, "ALTER TABLE account ALTER COLUMN balance SET DEFAULT 7");
        run(shop, "DROP INDEX IF EXISTS nothing_that_is_there");

        assertThat(before.diff(SchemaFingerprint.of(shop, schema.name()))).hasSize(1);
    }

    @ChaosTest
    void aMissingIndexIsDetected(TestSchema schema, DataSource shop) throws SQLException {
        run(shop, "CREATE INDEX entry_branch ON entry (branch)");
        SchemaFingerprint before = SchemaFingerprint.of(shop, schema.name());

        run(shop, "DROP INDEX entry_branch");

        assertThat(before.diff(SchemaFingerprint.of(shop, schema.name())))
                .singleElement()
                .asString()
                .contains("entry_branch");
    }
}
