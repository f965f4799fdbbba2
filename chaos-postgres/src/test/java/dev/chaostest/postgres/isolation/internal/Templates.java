// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.postgres.isolation.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The templates that a server has for some scripts. */
public record Templates(DataSource admin, Class<?> origin, String... scripts) {

    /** The names of those that can be copied. */
    public List<String> complete() {
        return found(name().completeStart());
    }

    /** The names of those that somebody builds, or has left. */
    public List<String> building() {
        return found(name().buildingStart());
    }

    /** How the name of a half-built one begins. */
    public String buildingStart() {
        return name().buildingStart();
    }

    /** The second half of the key of the lock that guards the build, as pg_locks shows it. */
    public long lockKey() {
        return Integer.toUnsignedLong(name().lockKey());
    }

    /** Drops all of them. */
    public void drop() {
        List<String> all = new ArrayList<>(complete());
        all.addAll(building());
        all.forEach(each -> new Sql(admin).run("DROP DATABASE IF EXISTS \"" + each + "\" WITH (FORCE)"));
    }

    private List<String> found(String start) {
        return new Sql(admin)
                .column("SELECT datname FROM pg_database WHERE starts_with(datname::text, ?) ORDER BY 1", start);
    }

    private TemplateName name() {
        List<Script> read = List.of(scripts).stream()
                .map(script -> Script.read(origin, script))
                .toList();
        try (Connection connection = admin.getConnection()) {
            return TemplateName.of(connection, read);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
