// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.snapshot.Rollback;
import dev.chaostest.postgres.snapshot.SchemaSnapshot;
import dev.chaostest.postgres.snapshot.SchemaSnapshots;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@PostgresTest
@Tag(ChaosTags.TRANSACTION)
class SchemaSnapshotsTest {

    @Test
    @IsolatedSchema("bank.sql")
    void aParameterIsBoundToTheTestsSchema(SchemaSnapshots snapshots, TestSchema schema, DataSource bank)
            throws SQLException {
        SchemaSnapshot before = snapshots.capture();
        before.assertUnchanged();
        Bank.add(bank, 1, -100);
        assertThatThrownBy(before::assertUnchanged)
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("Schema \"" + schema.name() + "\" must be as it was, but 1 table is not.")
                .hasMessageContaining("changed : id=1  balance: 1000 -> 900");
    }

    @ChaosTest
    @IsolatedSchema("bank.sql")
    @ChaosFailure(sqlState = "40001", on = "COMMIT")
    void aFailureAtCommitLeavesNothing(SchemaSnapshots snapshots, DataSource bank) {
        Rollback.expect("40001", snapshots, () -> {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                Bank.add(connection, 1, -100);
                Bank.add(connection, 2, 100);
                connection.commit();
            }
        });
    }

    @Test
    void withoutASchemaOfItsOwnItIsTheCurrentOne(SchemaSnapshots snapshots) {
        assertThat(snapshots).hasToString("snapshots of schema \"public\"");
    }
}
