// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.Twin;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class SchemaDropTest {

    private final DataSource admin = IsolationTestServer.admin();
    private final Sql sql = new Sql(admin);
    private final SchemaOptions options = SchemaOptions.ofDefaults(Run.random());

    @Test
    void aForgottenTransactionIsNamedAndDoesNotHangTheDrop() throws SQLException {
        TestSchema schema = TestSchema.create(
                admin, options.withScripts(getClass(), "bank.sql").withDropTimeout(Duration.ofMillis(100)));
        DataSource app = DriverSettings.of(IsolationTestServer.url(), "postgres", "postgres")
                .withProperties(schema.driverProperties())
                .withApplicationName("forgetful")
                .unpooled();
        try (Connection forgotten = app.getConnection()) {
            forgotten.setAutoCommit(false);
            Sql.run(forgotten, "UPDATE account\n   SET balance = 0 WHERE id = 1");
            String pid = Sql.column(forgotten, "SELECT pg_backend_pid()").get(0);
            Sql.run(forgotten, "SELECT 'the last one'");

            assertThatThrownBy(schema::close)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Schema \"" + schema.name()
                            + "\" must be free of locks to be dropped, but was not within 100ms (SQLSTATE 55P03). End the"
                            + " transactions that the test began, then close the schema again."
                            + "\n  holder : pid " + pid
                            + ", application_name \"forgetful\", idle in transaction: SELECT 'the last one'");
            assertThat(sql.schemaExists(schema.name())).isTrue();
            forgotten.rollback();
        }

        schema.close();
        assertThat(sql.schemaExists(schema.name())).isFalse();
    }

    @Test
    void aPreparedTransactionIsNamedToo() throws SQLException {
        assumeThat(sql.column("SHOW max_prepared_transactions")).doesNotContain("0");
        TestSchema schema = TestSchema.create(
                admin, options.withScripts(getClass(), "bank.sql").withDropTimeout(Duration.ofMillis(100)));
        String gid = "left_" + options.run().id();
        try (Connection app =
                Twin.of(admin, schema.driverProperties()).dataSource().getConnection()) {
            Sql.run(app, "BEGIN", "DELETE FROM account", "PREPARE TRANSACTION '" + gid + "'");
        }

        assertThatThrownBy(schema::close)
                .isInstanceOf(ChaosException.class)
                .hasMessageEndingWith("\n  holder : prepared transaction \"" + gid + "\"");

        sql.run("ROLLBACK PREPARED '" + gid + "'");
        schema.close();
        assertThat(sql.schemaExists(schema.name())).isFalse();
    }

    @Test
    void aSiblingThatCannotBeDroppedDoesNotKeepTheOthers() throws SQLException {
        SchemaOptions impatient = options.withDropTimeout(Duration.ofMillis(100));
        TestSchema schema = TestSchema.create(admin, impatient);
        TestSchema stuck = schema.sibling("stuck", "/isolation/absolute.sql");
        TestSchema free = schema.sibling("free");
        try (Connection forgotten =
                Twin.of(admin, stuck.driverProperties()).dataSource().getConnection()) {
            forgotten.setAutoCommit(false);
            Sql.run(forgotten, "SELECT * FROM entry");

            assertThatThrownBy(schema::close).hasMessageContaining("Schema \"" + stuck.name() + "\" must be free");

            assertThat(sql.schemaExists(schema.name())).isFalse();
            assertThat(sql.schemaExists(free.name())).isFalse();
        }
        schema.close();
        assertThat(sql.schemaExists(stuck.name())).isFalse();
    }

    @Test
    void aSchemaThatTheTestDroppedItselfIsFine() {
        TestSchema schema = TestSchema.create(admin, options);
        sql.run("DROP SCHEMA " + schema.quoted());
        schema.close();
        assertThat(sql.schemaExists(schema.name())).isFalse();
    }

    @Test
    void aSchemaWithManyTablesIsDroppedInParts() {
        TestSchema schema = TestSchema.create(admin, options);
        for (int part = 0; part < 2; part++) {
            sql.run("DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE "
                    + schema.quoted().replace("'", "''") + ".t%s_%s (id int)', " + part + ", i); END LOOP; END $$");
        }
        schema.close();
        assertThat(sql.schemaExists(schema.name())).isFalse();
    }

    @Test
    void aDatabaseThatIsAwayIsReported() {
        DataSource[] current = {admin};
        DataSource switching = new SwitchedSource(() -> current[0]);
        TestSchema schema = TestSchema.create(switching, options);
        current[0] = DriverSettings.of("jdbc:postgresql://127.0.0.1:1/none", "postgres", null)
                .unpooled();

        assertThatThrownBy(schema::close)
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("Schema \"" + schema.name()
                        + "\" must be dropped after its test, but the database answered 08001: ")
                .hasMessageEndingWith(". Drop it by hand, or leave it to the sweep.");

        current[0] = admin;
        schema.close();
        assertThat(sql.schemaExists(schema.name())).isFalse();
    }
}
