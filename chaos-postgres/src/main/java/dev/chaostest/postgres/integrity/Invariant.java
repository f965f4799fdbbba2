// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import dev.chaostest.plan.ChaosException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Says in SQL what must hold whatever happens.
 *
 * <p>Tables are found as the tests find them: in their schema first, then in {@code public}. A query must only read.
 *
 * <pre>{@code
 * integrity.remember(Invariant.of("money", "SELECT sum(balance) FROM account"));
 * service.transfer(1, 2, 100);
 * integrity.assertRemembered();
 * integrity.assertHolds(Invariant.unique("owner", "SELECT sandbox FROM allocation WHERE released IS NULL"));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public sealed interface Invariant {

    /** What it is called in messages. */
    String name();

    /** One query. */
    String sql();

    /**
     * What is wrong, in one sentence; empty if it holds.
     *
     * @throws SQLException what the server says
     */
    Optional<String> violation(Connection connection) throws SQLException;

    /**
     * One value, which must be what it was when it was remembered, or what {@link Value#expecting} says.
     *
     * @param sql gives one row with one column
     */
    static Value of(String name, String sql) {
        return new Value(name, sql, Optional.empty());
    }

    /**
     * A query whose rows must all be different: each thing has one owner. Rows of NULLs count as equal, too.
     *
     * @param sql without a semicolon at its end
     */
    static Invariant unique(String name, String sql) {
        return new Unique(name, sql);
    }

    /**
     * A query that must find nothing.
     *
     * @param sql without a semicolon at its end
     */
    static Invariant empty(String name, String sql) {
        return new Empty(name, sql);
    }

    /**
     * One value.
     *
     * @param expected as the server prints it; numbers are equal by value. Without it, what {@link Integrity#remember} saw
     */
    record Value(String name, String sql, Optional<String> expected) implements Invariant {
        public Value {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(sql, "sql");
            Objects.requireNonNull(expected, "expected");
        }

        /** The same, with the value that it must have. */
        public Value expecting(String value) {
            return new Value(name, sql, Optional.of(value));
        }

        /** The value now; {@code NULL} for NULL. */
        String read(Connection connection) throws SQLException {
            try (Statement statement = unescaped(connection);
                    ResultSet rows = statement.executeQuery(sql)) {
                int columns = rows.getMetaData().getColumnCount();
                if (columns != 1 || !rows.next()) {
                    throw new ChaosException("Invariant \"" + name + "\" must give one row with one column, but gave "
                            + (columns == 1 ? "no row" : columns + " columns") + ". Select one value, such as a sum.");
                }
                String value = String.valueOf((Object) rows.getString(1)).replaceAll("^null$", "NULL");
                if (rows.next()) {
                    throw new ChaosException("Invariant \"" + name + "\" must give one row with one column, but gave "
                            + "more rows. Select one value, such as a sum.");
                }
                return value;
            }
        }

        @Override
        public Optional<String> violation(Connection connection) throws SQLException {
            String wanted = expected.orElseThrow(() -> new ChaosException("Invariant \"" + name
                    + "\" must have a value to be compared with, but has none. Remember it before the test writes, or"
                    + " say expecting(...)."));
            String found = read(connection);
            return isEqual(wanted, found)
                    ? Optional.empty()
                    : Optional.of(name + ": expected " + wanted + ", found " + found);
        }

        private static boolean isEqual(String wanted, String found) {
            try {
                return new BigDecimal(wanted).compareTo(new BigDecimal(found)) == 0;
            } catch (NumberFormatException text) {
                return wanted.equals(found);
            }
        }
    }

    /** Rows that must all be different. */
    record Unique(String name, String sql) implements Invariant {
        public Unique {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(sql, "sql");
        }

        @Override
        public Optional<String> violation(Connection connection) throws SQLException {
            return evidence(
                            connection,
                            "SELECT pg_catalog.count(*) OVER (), " + Evidence.example("(f.*)::text")
                                    + " || ' ' || pg_catalog.count(*) || ' times' FROM (" + sql
                                    + "\n) AS f GROUP BY (f.*)::text HAVING pg_catalog.count(*) > 1 ORDER BY 2 LIMIT "
                                    + Evidence.EXAMPLES_MAX)
                    .map(broken ->
                            name + ": expected rows that are all different, found the same several times, " + broken);
        }
    }

    /** Rows that must not be there. */
    record Empty(String name, String sql) implements Invariant {
        public Empty {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(sql, "sql");
        }

        @Override
        public Optional<String> violation(Connection connection) throws SQLException {
            return evidence(
                            connection,
                            "SELECT pg_catalog.count(*) OVER (), " + Evidence.example("(f.*)::text") + " FROM (" + sql
                                    + "\n) AS f ORDER BY 2 LIMIT " + Evidence.EXAMPLES_MAX)
                    .map(broken -> name + ": expected no row, found " + broken);
        }
    }

    /** Braces and question marks are the server's. */
    private static Statement unescaped(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        statement.setEscapeProcessing(false);
        return statement;
    }

    private static Optional<Evidence> evidence(Connection connection, String sql) throws SQLException {
        long count = 0;
        List<String> examples = new ArrayList<>();
        try (Statement statement = unescaped(connection);
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                count = rows.getLong(1);
                examples.add(rows.getString(2));
            }
        }
        return examples.isEmpty() ? Optional.empty() : Optional.of(new Evidence(count, examples));
    }
}
