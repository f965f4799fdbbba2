// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * The switch of one trigger.
 *
 * @param connector connects past the faults of the test
 * @param name as the catalogue has it
 * @param query gives names and states of what is there
 * @param values what the query is asked with
 * @param alter the statement up to its verb
 * @param suffix the statement behind its verb
 * @param where the table, for messages; empty for an event trigger
 */
record TriggerSwitch(
        Connector connector,
        String name,
        String query,
        List<String> values,
        String alter,
        String suffix,
        String where) {

    private static final char OFF = 'D';

    private static final String OF_TABLE = """
            SELECT g.tgname, g.tgenabled
            FROM pg_catalog.pg_trigger g
            JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
            WHERE n.nspname = ? AND t.relname = ? AND NOT g.tgisinternal
            """;

    private static final String OF_DATABASE = "SELECT evtname, evtenabled FROM pg_catalog.pg_event_trigger";

    /** Opens a connection. */
    @FunctionalInterface
    interface Connector {
        Connection connect() throws SQLException;
    }

    static TriggerSwitch ofTable(DataSource admin, String schema, String table, String trigger) {
        String qualified = SchemaName.quote(schema) + "." + SchemaName.quote(table);
        return new TriggerSwitch(
                admin::getConnection,
                trigger,
                OF_TABLE,
                List.of(schema, table),
                "ALTER TABLE " + qualified + " ",
                " TRIGGER " + SchemaName.quote(trigger),
                " of " + schema + "." + table);
    }

    static TriggerSwitch ofDatabase(Connector connector, String trigger) {
        return new TriggerSwitch(
                connector,
                trigger,
                OF_DATABASE,
                List.of(),
                "ALTER EVENT TRIGGER " + SchemaName.quote(trigger) + " ",
                "",
                "");
    }

    /** Switches it off. Returns the state that it had. */
    char disable() throws SQLException {
        return call(connection -> {
            Map<String, Character> states = states(connection);
            Character before = states.get(name);
            if (before == null) {
                throw new ChaosException("The " + this + " must be there to be switched off, but "
                        + (states.isEmpty() ? "there is none" : "there is only " + String.join(", ", states.keySet()))
                        + ". Give its name as the catalogue has it, without quotes.");
            }
            if (before == OFF) {
                throw new ChaosException(
                        "The " + this + " must fire before it is switched off, but is off already. Enable it first.");
            }
            execute(connection, "DISABLE");
            require(connection, OFF);
            return before;
        });
    }

    /** Gives it that state. Returns what it found then, in words. */
    String restore(char state) throws SQLException {
        return call(connection -> {
            if (!states(connection).containsKey(name)) {
                return "is gone";
            }
            execute(
                    connection,
                    switch (state) {
                        case 'R' -> "ENABLE REPLICA";
                        case 'A' -> "ENABLE ALWAYS";
                        default -> "ENABLE";
                    });
            require(connection, state);
            return "fires again";
        });
    }

    private void require(Connection connection, char state) throws SQLException {
        Character found = states(connection).get(name);
        if (found == null || found != state) {
            throw new ChaosException("The " + this + " must have state " + state + " now, but has " + found
                    + ". Somebody else switches it, too: end that first.");
        }
    }

    private void execute(Connection connection, String verb) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(
                    "SET LOCAL lock_timeout = 2000; SET LOCAL statement_timeout = 10000; " + alter + verb + suffix);
        }
    }

    private Map<String, Character> states(Connection connection) throws SQLException {
        Map<String, Character> states = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setString(i + 1, values.get(i));
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    states.put(rows.getString(1), rows.getString(2).charAt(0));
                }
            }
        }
        return states;
    }

    /** What is done in one transaction. */
    private interface Work<T> {
        T call(Connection connection) throws SQLException;
    }

    private <T> T call(Work<T> work) throws SQLException {
        try (Connection connection = connector.connect()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                T result = work.call(connection);
                connection.commit();
                return result;
            } finally {
                if (!connection.isClosed()) {
                    connection.rollback();
                    connection.setAutoCommit(autoCommit);
                }
            }
        }
    }

    @Override
    public String toString() {
        return (where.isEmpty() ? "event trigger \"" : "trigger \"") + name + "\"" + where;
    }
}
