// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a test needs of its PostgreSQL.
 *
 * @param wanted as it was written
 */
record Requirement(RequiresPostgres wanted) {

    private static final Set<String> ATTRIBUTES = Set.of("SUPERUSER", "CREATEDB", "CREATEROLE", "REPLICATION");

    private static final String VERSION = "SELECT current_setting('server_version_num')::int / 10000";

    /** Null for a role that does not exist. A superuser has what the other attributes allow. */
    private static final String MEMBER = """
            SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ?)
                   THEN pg_catalog.pg_has_role(CURRENT_USER, ?, 'MEMBER') END
            """;

    private static final String ATTRIBUTE = """
            SELECT rolsuper OR CASE ? WHEN 'CREATEDB' THEN rolcreatedb WHEN 'CREATEROLE' THEN rolcreaterole
                                      WHEN 'REPLICATION' THEN rolreplication ELSE false END
            FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER
            """;

    private static final String EXTENSION =
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = ?)";

    private static final String WITH_ARGUMENTS = "SELECT pg_catalog.to_regprocedure(?) IS NOT NULL";

    /** Not to_regproc, which knows no function that there are two of. */
    private static final String BY_NAME = """
            SELECT EXISTS (
              SELECT FROM pg_catalog.pg_proc p
              JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
              CROSS JOIN (SELECT pg_catalog.parse_ident(?) AS part) i
              WHERE p.proname = i.part[array_upper(i.part, 1)]
                AND CASE WHEN array_length(i.part, 1) = 1 THEN pg_catalog.pg_function_is_visible(p.oid)
                         ELSE n.nspname = i.part[1] END)
            """;

    /** A name that is none, or a type that is none. */
    private static final Set<String> MALFORMED = Set.of("22023", "42601", "42704", "42602", "22P02");

    /**
     * Refuses what no server could have.
     *
     * @param place what it is written on, for messages
     * @throws ChaosException if it asks for nothing, or for a version that can't be
     */
    void require(String place) {
        boolean isEmpty = wanted.version() == 0
                && wanted.role().length + wanted.extension().length + wanted.function().length == 0;
        if (isEmpty) {
            throw new ChaosException("@RequiresPostgres on " + place
                    + " must say what is required, but says nothing. Set version, role, extension or function.");
        }
        if (wanted.version() != 0 && (wanted.version() < 10 || wanted.version() > 99)) {
            throw new ChaosException("@RequiresPostgres on " + place + ": version must be a major version, but was "
                    + wanted.version() + ". Write for example 16.");
        }
    }

    /** What is missing, one phrase each. */
    List<String> missing(Connection connection) throws SQLException {
        List<String> missing = new ArrayList<>();
        version(connection).ifPresent(missing::add);
        for (String role : wanted.role()) {
            role(connection, role).ifPresent(missing::add);
        }
        for (String extension : wanted.extension()) {
            if (!ask(connection, EXTENSION, extension).orElse(false)) {
                missing.add("extension \"" + extension + "\", which is not installed on the server");
            }
        }
        for (String function : wanted.function()) {
            function(connection, function).ifPresent(missing::add);
        }
        return missing;
    }

    private Optional<String> version(Connection connection) throws SQLException {
        if (wanted.version() == 0) {
            return Optional.empty();
        }
        try (PreparedStatement statement = connection.prepareStatement(VERSION);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1) >= wanted.version()
                    ? Optional.empty()
                    : Optional.of("PostgreSQL " + wanted.version() + " or later, but this is " + row.getInt(1));
        }
    }

    private static Optional<String> role(Connection connection, String role) throws SQLException {
        String user = connection.getMetaData().getUserName();
        if (ATTRIBUTES.contains(role)) {
            return ask(connection, ATTRIBUTE, role).orElse(false)
                    ? Optional.empty()
                    : Optional.of("the attribute " + role + ", which role \"" + user + "\" has not");
        }
        return ask(connection, MEMBER, role, role)
                .map(isMember -> isMember
                        ? Optional.<String>empty()
                        : Optional.of("role \"" + role + "\", of which role \"" + user + "\" is no member"))
                .orElseGet(() -> Optional.of("role \"" + role + "\", which does not exist"));
    }

    private static Optional<String> function(Connection connection, String function) throws SQLException {
        String sql = function.contains("(") ? WITH_ARGUMENTS : BY_NAME;
        return ask(connection, sql, function).orElse(false)
                ? Optional.empty()
                : Optional.of("function " + function + ", which does not exist in database \"" + connection.getCatalog()
                        + "\"");
    }

    /** Empty for null. */
    private static Optional<Boolean> ask(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                boolean answer = row.getBoolean(1);
                return row.wasNull() ? Optional.empty() : Optional.of(answer);
            }
        } catch (SQLException e) {
            if (MALFORMED.contains(e.getSQLState())) {
                throw new ChaosException(
                        "@RequiresPostgres must name things as SQL does, but \""
                                + Arrays.asList(values).get(0) + "\" is no name (SQLSTATE " + e.getSQLState()
                                + "). Write for example \"bank.transfer\" or \"transfer(int, int)\".",
                        e);
            }
            throw e;
        }
    }
}
