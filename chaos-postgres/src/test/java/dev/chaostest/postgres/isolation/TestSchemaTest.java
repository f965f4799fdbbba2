// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.Run;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class TestSchemaTest {

    private final PGSimpleDataSource admin = IsolationTestServer.admin();
    private final Sql sql = new Sql(admin);
    private final SchemaOptions options = SchemaOptions.ofDefaults(Run.random());

    @Test
    void itIsThereWhileOpenAndGoneAfterwards() {
        TestSchema schema = TestSchema.create(admin, options);
        assertThat(sql.schemaExists(schema.name())).isTrue();

        schema.close();

        assertThat(sql.schemaExists(schema.name())).isFalse();
    }
}
