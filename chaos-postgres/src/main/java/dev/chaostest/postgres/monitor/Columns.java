// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Reads the columns of a row that may be null. */
final class Columns {

    private Columns() {}

    static Optional<Long> number(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, Long.class));
    }

    static Optional<String> text(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
