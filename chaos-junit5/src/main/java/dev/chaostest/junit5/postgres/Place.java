// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.junit5.internal.TestTimeout;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Rule;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.internal.Loopback;
import dev.chaostest.postgres.isolation.Disposable;
import dev.chaostest.postgres.isolation.TestDatabase;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Where a test works: its database, its schema and the mount before it. Made for one round, or kept for all of a sweep. */
final class Place {

    private final ExtensionContext context;
    private final ChaosScope owner;
    private final Database database;
    private final boolean ownServer;
    private final Optional<TestDatabase> ownDatabase;
    private final Optional<TestSchema> schema;
    private final WireMount mount;

    /**
     * Makes it.
     *
     * @param owner closes what is made
     * @param rules what the test plans by itself
     */
    Place(ExtensionContext context, TestRound round, ChaosScope owner, List<Rule> rules) {
        this.context = context;
        this.owner = owner;
        OwnSpace space = OwnSpace.of(Tests.classes(context), context.getTestMethod());
        Database around =
                space.server() ? owner.own("the server", Databases.own(context)).database() : Databases.around(context);
        this.ownServer = space.server();
        Optional<Reaching> far = context.getTestMethod()
                .flatMap(Reaching::of)
                .filter(it -> it.reach().isBeyond(Reach.SCHEMA));
        requireAllowed(
                around, !rules.isEmpty() || far.isPresent() || round.sweep().isPresent());
        if (far.isPresent() && !space.isApart()) {
            requireDisposable(around, far.get());
        }
        Isolating isolating = new Isolating(context, round, owner, around, ownServer);
        this.ownDatabase = space.database().map(isolating::database);
        this.schema = space.schema().map(isolating::schema);
        this.database = ownDatabase
                .<Database>map(made -> new Database.Inside(around, made))
                .orElse(around);
        this.mount = database.attached().orElseGet(this::ownMount);
    }

    /** Closed behind the DataSource and before the schema: what is open then, the test has forgotten. */
    private WireMount ownMount() {
        return owner.own("the mount", WireMount.twinOf(owner.name()));
    }

    Database database() {
        return database;
    }

    Optional<TestSchema> schema() {
        return schema;
    }

    Optional<TestDatabase> ownDatabase() {
        return ownDatabase;
    }

    boolean hasOwnServer() {
        return ownServer;
    }

    /** Whether the database that other tests use is not even touched. */
    boolean isApart() {
        return ownServer || ownDatabase.isPresent();
    }

    WireMount mount() {
        return mount;
    }

    /** A DataSource whose connections pass the mount. */
    DataSource open(OptionalInt poolSize) {
        Map<String, String> driver = new HashMap<>();
        mount.properties().forEach((name, value) -> driver.put((String) name, (String) value));
        schema.ifPresent(it -> driver.putAll(it.driverProperties()));
        Database.Client client =
                new Database.Client(owner.name(), TestTimeout.of(context).forStatements(), poolSize);
        Database.Opened opened = database.open(client, driver);
        owner.own("the DataSource", opened.end());
        return opened.dataSource();
    }

    /** A test without faults may use any server; but then it can't inject one while it runs either. */
    private void requireAllowed(Database around, boolean hasFaults) {
        String allowed =
                PostgresRun.of(context).settings().get(Loopback.ALLOWED_HOSTS).orElse("");
        try {
            around.requireAllowed(Loopback.allowing(allowed));
        } catch (ChaosException refused) {
            if (hasFaults) {
                throw refused;
            }
            owner.forbidFaults(String.valueOf(refused.getMessage()));
        } catch (SQLException e) {
            throw new ChaosException(
                    owner.name() + " must know the server that it may break, but the DataSource gave no connection, "
                            + "with state " + e.getSQLState() + ". Check that the server runs; see the cause.",
                    e);
        }
    }

    /** Who names a database need not mean that it may be broken. */
    private void requireDisposable(Database around, Reaching far) {
        if (around.server().filter(Postgres::isOwned).isPresent()) {
            return;
        }
        try (Connection connection = around.admin().getConnection()) {
            Disposable.require(connection, "What a " + far.type() + " does for " + owner.name());
        } catch (SQLException e) {
            throw new ChaosException(
                    owner.name() + " must know whether its database may be broken, but that answered " + e.getSQLState()
                            + ". Check that the server runs; see the cause.",
                    e);
        }
    }
}
