// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import dev.chaostest.Run;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.isolation.SchemaOptions;
import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.util.List;
import javax.sql.DataSource;

/** A server of a test class's own, whose catalogue is broken on purpose; and one schema of it. */
final class BrokenServer implements AutoCloseable {

    private final PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults());
    private final DriverSettings settings = DriverSettings.of(server.jdbcUrl(), null, null);
    final DataSource admin = settings.unpooled();

    Postgres postgres() {
        return Postgres.of(server);
    }

    /** A schema of its own, with these tables. */
    Place place(String prefix, String tables) {
        TestSchema schema =
                TestSchema.create(admin, SchemaOptions.ofDefaults(Run.random()).withPrefix(prefix));
        Sql sql = new Sql(settings.withProperties(schema.driverProperties()).unpooled());
        sql.run(tables);
        return new Place(admin, schema, sql);
    }

    @Override
    public void close() {
        server.close();
    }

    /** One schema. */
    record Place(DataSource admin, TestSchema schema, Sql sql) implements AutoCloseable {

        Integrity integrity() {
            return Integrity.of(admin, schema.name());
        }

        IntegrityReport check() {
            return integrity().check();
        }

        /** Statements that no trigger and no foreign key looks at. */
        void unguarded(String statements) {
            sql.run("BEGIN; SET LOCAL session_replication_role = replica; " + statements + "; COMMIT");
        }

        /** Statements that this index hears nothing of. */
        void behindTheBackOf(String index, String statements) {
            sql.run(
                    "UPDATE pg_index SET indisready = false WHERE indexrelid = '" + index + "'::regclass",
                    statements,
                    "UPDATE pg_index SET indisready = true WHERE indexrelid = '" + index + "'::regclass");
        }

        /** The name of a table as findings have it. */
        String in(String table) {
            return sql.column("SELECT quote_ident(?)", schema.name()).get(0) + "." + table;
        }

        List<Finding> findings() {
            IntegrityReport report = check();
            if (!report.unchecked().isEmpty()) {
                throw new AssertionError(report.unchecked());
            }
            return report.findings();
        }

        @Override
        public void close() {
            schema.close();
        }
    }
}
