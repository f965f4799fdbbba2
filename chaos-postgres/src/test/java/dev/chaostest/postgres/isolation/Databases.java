// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.Run;
import dev.chaostest.postgres.pool.Twin;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** The databases of the server that tests run on. */
record Databases(DataSource admin) {

    boolean exists(String name) {
        return !sql().column("SELECT datname FROM pg_database WHERE datname = ?", name)
                .isEmpty();
    }

    /** Those whose names begin so. */
    List<String> startingWith(String start) {
        return sql().column("SELECT datname FROM pg_database WHERE starts_with(datname::text, ?) ORDER BY 1", start);
    }

    Sql in(TestDatabase database) {
        return new Sql(source(database));
    }

    Connection connect(TestDatabase database) throws SQLException {
        return source(database).getConnection();
    }

    private DataSource source(TestDatabase database) {
        return Twin.unpooled(admin, database.driverProperties());
    }

    Sql in(String database) {
        return new Sql(Twin.unpooled(admin, Map.of("PGDBNAME", database)));
    }

    void dropThoseOf(Run run) {
        sql().column("SELECT datname FROM pg_database WHERE strpos(datname, ?) > 0", "_" + run.id() + "_")
                .forEach(this::drop);
    }

    void drop(String name) {
        sql().run("DROP DATABASE IF EXISTS \"" + name.replace("\"", "\"\"") + "\" WITH (FORCE)");
    }

    /** And the role itself. */
    void dropOwnedBy(String role) {
        sql().column("SELECT datname FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE rolname = ?", role)
                .forEach(this::drop);
        sql().run("DROP ROLE " + role);
    }

    private Sql sql() {
        return new Sql(admin);
    }
}
