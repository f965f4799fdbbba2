// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** The passwords that a DataSource connects with: to be kept out of what people read. */
public final class Passwords {

    private Passwords() {}

    /** All that are set; empty if nothing is known of it. Also looks into one that delegates. */
    public static Set<String> of(DataSource source) {
        try {
            Optional<DataSource> pool = HikariPresence.isPresent() ? HikariSource.unwrap(source) : Optional.empty();
            return pool.isPresent()
                    ? HikariSource.passwords(pool.get())
                    : PgSource.unwrap(source).map(PgSource::passwords).orElse(Set.of());
        } catch (SQLException e) {
            return Set.of(); // it can't say what it wraps
        }
    }
}
