// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.integrity.Integrity;
import dev.chaostest.postgres.isolation.TempTable;
import dev.chaostest.postgres.isolation.TestDatabase;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.lock.Deadlocks;
import dev.chaostest.postgres.lock.LockHolder;
import dev.chaostest.postgres.lock.Locks;
import dev.chaostest.postgres.pool.ConnectionGroup;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.fault.ServerFaults;
import dev.chaostest.postgres.snapshot.SchemaSnapshots;
import dev.chaostest.postgres.sweep.Sweep;
import dev.chaostest.postgres.truth.Truth;
import dev.chaostest.postgres.writes.Writes;
import dev.chaostest.work.Workers;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.sql.Connection;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/** What a test method can have as a parameter, by type. */
enum Resource {
    DATA_SOURCE(DataSource.class.getName(), PostgresRound::dataSource),

    /** By name, since HikariCP need not be there. */
    POOL("com.zaxxer.hikari.HikariDataSource", PostgresRound::pool),
    CONNECTION(Connection.class.getName(), LentConnections::connection),
    GROUP(ConnectionGroup.class.getName(), LentConnections::group),
    WORKERS(Workers.class.getName(), Resource::workers),
    SCHEMA(TestSchema.class.getName(), Resource::schema),
    DATABASE(TestDatabase.class.getName(), Resource::database),
    TEMPORARY_TABLE(TempTable.class.getName(), Resource::withoutColumns),
    SERVER(Postgres.class.getName(), Resource::server),
    OWN_SERVER(PostgresServer.class.getName(), round -> ownServer("PostgresServer", round)),
    SERVER_FAULTS(
            ServerFaults.class.getName(), round -> ServerFaults.of(round.scope(), ownServer("ServerFaults", round))),
    LOCKS(Locks.class.getName(), round -> round.locks().locks()),
    DEADLOCKS(Deadlocks.class.getName(), round -> round.locks().deadlocks()),
    LOCK_HOLDER(LockHolder.class.getName(), round -> round.locks().holder()),
    SNAPSHOTS(SchemaSnapshots.class.getName(), round -> round.oracles().snapshots()),
    WRITES(Writes.class.getName(), round -> round.oracles().writes()),
    INTEGRITY(Integrity.class.getName(), round -> round.oracles().integrity()),
    TRUTH(Truth.class.getName(), round -> round.oracles().truth()),
    SWEEP(Sweep.class.getName(), PostgresRound::sweep);

    private static final int WORKER_COUNT = 4;

    private final String typeName;

    @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
    private final Function<PostgresRound, Object> opener;

    Resource(String typeName, Function<PostgresRound, Object> opener) {
        this.typeName = typeName;
        this.opener = opener;
    }

    /** Opens it for one round; what must be closed is owned by the round's scope. */
    Object open(PostgresRound round) {
        return opener.apply(round);
    }

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

    private static Workers<Connection> workers(PostgresRound round) {
        return Workers.of(WORKER_COUNT)
                .each(round.dataSource()::getConnection, connection -> connection.abort(Runnable::run));
    }

    private static TestSchema schema(PostgresRound round) {
        return round.schema()
                .orElseThrow(
                        () -> new ChaosException(
                                "A TestSchema parameter of " + round.scope().name()
                                        + " must come from @IsolatedSchema, but there is none. Add it to the method or the class."));
    }

    private static TestDatabase database(PostgresRound round) {
        return round.ownDatabase()
                .orElseThrow(
                        () -> new ChaosException(
                                "A TestDatabase parameter of " + round.scope().name()
                                        + " must come from @IsolatedDatabase, but there is none. Add it to the method or the class."));
    }

    private static TempTable withoutColumns(PostgresRound round) {
        throw new ChaosException("A TempTable parameter of " + round.scope().name()
                + " must say its columns, but does not. Add @TemporaryTable(\"id int PRIMARY KEY, data text\").");
    }

    private static Postgres server(PostgresRound round) {
        return round.database()
                .server()
                .orElseThrow(() -> new ChaosException("A Postgres parameter of "
                        + round.scope().name()
                        + " must have an address, but the test class hands over a DataSource. Hand "
                        + "over its URL instead, or ask the DataSource."));
    }

    private static PostgresServer ownServer(String parameter, PostgresRound round) {
        return round.ownServer()
                .orElseThrow(() -> new ChaosException("A " + parameter + " parameter of "
                        + round.scope().name()
                        + " must meet a server of the test's own, but the test has none. Make it a parameter of the test "
                        + "method, too, or add @OwnServer."));
    }
}
