// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import dev.chaostest.Run;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.isolation.SchemaOptions;
import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import javax.sql.DataSource;

/** A server of a test class's own: to open a log waits for all who write on the server, also for other tests. */
final class OwnServer implements AutoCloseable {

    private final PostgresServer server;
    final DataSource admin;
    final Sql sql;

    OwnServer(ServerOptions options) {
        server = PostgresServer.start(options);
        admin = DriverSettings.of(server.jdbcUrl(), null, null).unpooled();
        sql = new Sql(admin);
    }

    Postgres postgres() {
        return Postgres.of(server);
    }

    TestSchema schema(String prefix) {
        return TestSchema.create(admin, SchemaOptions.ofDefaults(Run.random()).withPrefix(prefix));
    }

    /** Statements in that schema. */
    Sql in(TestSchema schema) {
        return new Sql(source(schema));
    }

    DataSource source(TestSchema schema) {
        return DriverSettings.of(server.jdbcUrl(), null, null)
                .withProperties(schema.driverProperties())
                .unpooled();
    }

    @Override
    public void close() {
        server.close();
    }
}
