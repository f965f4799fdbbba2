// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.functional.WireTestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;

/** What a scenario is played on: a schema of its own, connections that go one way, and the transcript. */
final class Stage implements AutoCloseable {

    private final Relay relay;
    private final Properties way;
    private final Connection direct;
    private final String schema;
    private final Observed observed = new Observed();
    private final Deque<Connection> opened = new ConcurrentLinkedDeque<>();
    private Wire wire = Wire.IN_ORDER;

    /** How much of what the server is sent is the same in every play. */
    enum Wire {
        IN_ORDER,
        /** Connections work at the same time. */
        IN_ANY_ORDER,
        /** A pool decides what is sent. */
        VARIES
    }

    Stage(Relay relay, Properties way, Connection direct, String schema) {
        this.relay = relay;
        this.direct = direct;
        this.way = way;
        this.schema = schema;
        observed.hide(schema, "schema");
        observed.hide(relay.port(), "port");
    }

    Observed seen() {
        return observed;
    }

    String schema() {
        return schema;
    }

    Wire wire() {
        return wire;
    }

    void wire(Wire wire) {
        this.wire = wire;
    }

    /** The address of the server on this way. */
    String host() {
        return "127.0.0.1:" + relay.port();
    }

    /** Without parameters. */
    String url() {
        return "jdbc:postgresql://" + host()
                + WireTestServer.url().substring(WireTestServer.url().lastIndexOf('/'));
    }

    /** What the driver needs to go this way, and these settings: name, value, name, value ... */
    Properties properties(String... settings) {
        Properties properties = WireTestServer.login();
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("currentSchema", schema);
        properties.putAll(way);
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        return properties;
    }

    /** A connection on this way; closed with the stage. */
    Connection connect(String... settings) throws SQLException {
        return keep(DriverManager.getConnection(url(), properties(settings)));
    }

    /** A connection past the way, to the same schema. */
    Connection other() throws SQLException {
        Connection other = keep(WireTestServer.direct());
        other.setSchema(schema);
        return other;
    }

    private Connection keep(Connection connection) {
        opened.push(connection);
        return connection;
    }

    /** The process that serves it; hidden where it is shown. */
    int pid(Connection connection) throws SQLException {
        int pid = connection.unwrap(PGConnection.class).getBackendPID();
        observed.hide(pid, "pid");
        return pid;
    }

    /** What was made in the schema has other numbers in every play. */
    void hideOids() throws SQLException {
        String sql = "SELECT c.oid, c.relname FROM pg_class c WHERE c.relnamespace = $1::regnamespace"
                + " UNION ALL SELECT t.oid, t.typname FROM pg_type t WHERE t.typnamespace = $1::regnamespace"
                + " UNION ALL SELECT p.oid, p.proname FROM pg_proc p WHERE p.pronamespace = $1::regnamespace"
                + " UNION ALL SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.oid = $1::regnamespace";
        try (Statement statement = direct.createStatement();
                ResultSet rows = statement.executeQuery(sql.replace("$1", "'" + schema + "'"))) {
            while (rows.next()) {
                String oid = rows.getString(1);
                // Never the bare number: it may be a result that is the same everywhere.
                for (String shown : List.of("'%s'", "SELECT %s", "in (%s", "unknown:%s", rows.getString(2) + "_%s")) {
                    observed.hide(shown.replace("%s", oid), "oid");
                }
            }
        }
    }

    /** Runs statements past the way: what a scenario finds there. */
    void given(String... statements) throws SQLException {
        for (String statement : statements) {
            WireTestServer.run(direct, statement);
        }
    }

    /** Runs a call on a thread of its own; the result waits for it and gives what it gave. */
    <T> Callable<T> meanwhile(Callable<T> call) {
        return meanwhile(Thread::new, call);
    }

    <T> Callable<T> meanwhile(ThreadFactory threads, Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = threads.newThread(task);
        if (!thread.isDaemon()) {
            thread.setDaemon(true);
        }
        thread.start();
        return () -> {
            try {
                return task.get(60, TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                throw failed.getCause() instanceof Exception cause ? cause : failed;
            }
        };
    }

    /** Waits until the server says of this process that the condition on {@code pg_stat_activity} holds. */
    void await(int pid, String condition) {
        String sql = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE pid = " + pid + " AND " + condition;
        Patience.await(condition)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> WireTestServer.read(direct, sql).equals("1"));
    }

    /** Runs it and writes down everything that comes back. */
    void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            observed.outcome(Print.value(sql), () -> statement.execute(sql));
            results(Print.value(sql), statement);
        }
    }

    /** As {@link #run}, prepared. */
    void prepared(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int n = 0; n < parameters.length; n++) {
                statement.setObject(n + 1, parameters[n]);
            }
            observed.outcome(sql, statement::execute);
            results(sql, statement);
        }
    }

    /** All results that a statement has, and its warnings. */
    void results(String what, Statement statement) throws SQLException {
        int n = 0;
        do {
            try (ResultSet rows = statement.getResultSet()) {
                if (rows != null) {
                    observed.rows(what + ", result " + ++n, rows);
                } else if (statement.getUpdateCount() < 0) {
                    break;
                } else {
                    observed.saw(what + ", result " + ++n, statement.getUpdateCount());
                }
            }
        } while (statement.getMoreResults() || statement.getUpdateCount() >= 0);
        observed.warnings(what + ", warning", statement.getWarnings());
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : opened) {
            connection.close();
        }
    }
}
