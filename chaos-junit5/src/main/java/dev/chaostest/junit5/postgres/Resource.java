// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.integrity.Integrity;
import dev.chaostest.postgres.isolation.TempTable;
import dev.chaostest.postgres.isolation.TestDatabase;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.ConnectionGroup;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.snapshot.SchemaSnapshots;
import dev.chaostest.postgres.writes.Writes;
import dev.chaostest.work.Workers;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import javax.sql.DataSource;

/** What a test method can have as a parameter, by type. */
enum Resource {
    DATA_SOURCE(DataSource.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return round.dataSource();
        }
    },

    /** By name, since HikariCP need not be there. */
    POOL("com.zaxxer.hikari.HikariDataSource") {
        @Override
        Object open(PostgresRound round) {
            return round.pool();
        }
    },

    CONNECTION(Connection.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return connection(round);
        }
    },

    GROUP(ConnectionGroup.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return group(round);
        }
    },

    SCHEMA(TestSchema.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return round.schema()
                    .orElseThrow(
                            () -> new ChaosException(
                                    "A TestSchema parameter of " + round.scope().name()
                                            + " must come from @IsolatedSchema, but there is none. Add it to the method or the class."));
        }
    },

    DATABASE(TestDatabase.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return round.ownDatabase()
                    .orElseThrow(
                            () -> new ChaosException(
                                    "A TestDatabase parameter of "
                                            + round.scope().name()
                                            + " must come from @IsolatedDatabase, but there is none. Add it to the method or the class."));
        }
    },

    OWN_SERVER(PostgresServer.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return round.ownServer()
                    .orElseThrow(() -> new ChaosException("A PostgresServer parameter of "
                            + round.scope().name()
                            + " must be the test's own, but the test has none. Make it a parameter of the test method, "
                            + "too, or add @OwnServer."));
        }
    },

    TEMPORARY_TABLE(TempTable.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            throw new ChaosException("A TempTable parameter of " + round.scope().name()
                    + " must say its columns, but does not. Add @TemporaryTable(\"id int PRIMARY KEY, data text\").");
        }
    },

    SNAPSHOTS(SchemaSnapshots.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return snapshots(round);
        }
    },

    SERVER(Postgres.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return round.database()
                    .server()
                    .orElseThrow(() -> new ChaosException("A Postgres parameter of "
                            + round.scope().name()
                            + " must have an address, but the test class hands over a DataSource. Hand "
                            + "over its URL instead, or ask the DataSource."));
        }
    },

    WRITES(Writes.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return round.oracles().writes();
        }
    },

    INTEGRITY(Integrity.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return round.oracles().integrity();
        }
    },

    WORKERS(Workers.class.getName()) {
        @Override
        Object open(PostgresRound round) {
            return Workers.of(WORKER_COUNT)
                    .each(round.dataSource()::getConnection, connection -> connection.abort(Runnable::run));
        }
    };

    private static final int WORKER_COUNT = 4;

    private final String typeName;

    Resource(String typeName) {
        this.typeName = typeName;
    }

    /** Opens it for one round; what must be closed is owned by the round's scope. */
    abstract Object open(PostgresRound round);

    /** The resource of a parameter's type. Workers of something else than connections are not ours. */
    static Optional<Resource> of(Type type) {
        boolean isOfConnections = type instanceof ParameterizedType parameterized
                && parameterized.getActualTypeArguments()[0] == Connection.class;
        Type raw = type instanceof ParameterizedType parameterized ? parameterized.getRawType() : type;
        return Arrays.stream(values())
                .filter(resource -> resource.typeName.equals(raw.getTypeName()))
                .filter(resource -> resource != WORKERS || isOfConnections)
                .findFirst();
    }

    /** Beside the mount: what reads snapshots is no arrival, and no fault strikes it. */
    private static SchemaSnapshots snapshots(PostgresRound round) {
        DataSource admin = round.database().admin();
        String schema = round.schema().map(TestSchema::name).orElseGet(() -> currentSchema(round, admin));
        return round.scope().own("the snapshots", SchemaSnapshots.of(admin, schema));
    }

    private static String currentSchema(PostgresRound round, DataSource admin) {
        try (Connection connection = admin.getConnection()) {
            String schema = connection.getSchema();
            if (schema != null) {
                return schema;
            }
        } catch (SQLException e) {
            throw new ChaosException(
                    "A SchemaSnapshots parameter of " + round.scope().name()
                            + " must know its schema, but the database answered " + e.getSQLState()
                            + ". See the cause.",
                    e);
        }
        throw new ChaosException(
                "A SchemaSnapshots parameter of " + round.scope().name()
                        + " must know its schema, but nothing in the search_path is there. Use @IsolatedSchema.");
    }

    static Connection connection(PostgresRound round) {
        try {
            Connection connection = round.dataSource().getConnection();
            round.scope().own("the connection", () -> end(connection));
            prepare(round, connection);
            return connection;
        } catch (SQLException e) {
            throw new ChaosException(
                    "A Connection parameter of " + round.scope().name() + " must be opened, but the database answered "
                            + e.getSQLState() + ". Check that the server runs; see the cause.",
                    e);
        }
    }

    private static ConnectionGroup group(PostgresRound round) {
        ConnectionGroup group =
                ConnectionGroup.open(round.dataSource(), round.poolSize().orElse(ConnectionGroup.DEFAULT_SIZE));
        round.scope().own("the connections", group);
        try {
            for (Connection connection : group) {
                prepare(round, connection);
            }
            return group;
        } catch (SQLException e) {
            throw new ChaosException(
                    "A ConnectionGroup parameter of " + round.scope().name()
                            + " must be opened, but the database answered " + e.getSQLState() + ". See the cause.",
                    e);
        }
    }

    /** As the test wants it. What it makes of the session ends with the test, also in a pool that does not. */
    private static void prepare(PostgresRound round, Connection connection) throws SQLException {
        if (round.outlivesTheTest()) {
            LentSession lent = LentSession.of(round.database().admin(), connection);
            round.scope().own("the session", lent);
        }
        round.residue().lent(connection);
        connection.setAutoCommit(round.isAutoCommit());
    }

    /** What a test did not commit is not committed by a pool or a driver either. */
    private static void end(Connection connection) throws SQLException {
        try (connection) {
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
            }
        }
    }
}
