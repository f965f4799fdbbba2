// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import dev.chaostest.Run;
import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.isolation.SchemaOptions;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.DriverSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;

/** A schema for one test, and statements in it. */
final class TestBank implements AutoCloseable {

    private final DataSource admin =
            DriverSettings.of(TestServer.url(), "postgres", null).unpooled();
    private final TestSchema schema = TestSchema.create(admin, SchemaOptions.ofDefaults(Run.random()));

    TestBank(String... statements) {
        sql(statements);
    }

    DataSource admin() {
        return admin;
    }

    /** Connections that act as another role. */
    static DataSource as(String role) {
        return DriverSettings.of(TestServer.url(), "postgres", null)
                .withProperties(Map.of("options", "-c role=" + role))
                .unpooled();
    }

    /** What reads the snapshots: its sessions have the schema's name. */
    private DataSource reader() {
        return DriverSettings.of(TestServer.url(), "postgres", null)
                .withApplicationName(name())
                .unpooled();
    }

    /** With the schema as its default. */
    DataSource dataSource() {
        return DriverSettings.of(TestServer.url(), "postgres", null)
                .withProperties(schema.driverProperties())
                .unpooled();
    }

    String name() {
        return schema.name();
    }

    String quoted() {
        return schema.quoted();
    }

    SchemaSnapshots snapshots() {
        return SchemaSnapshots.of(reader(), name());
    }

    SchemaSnapshots snapshots(SnapshotOptions options) {
        return SchemaSnapshots.of(reader(), name(), options);
    }

    /** Each commits by itself. */
    void sql(String... statements) {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(
                    "SET lock_timeout = '30s'"); // a snapshot that holds locks must fail its test, not stop it
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    String ask(String sql) {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        schema.close();
    }
}
