// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.internal.Loopback;
import dev.chaostest.postgres.isolation.Disposable;
import dev.chaostest.postgres.isolation.TestDatabase;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where a test works: its server, database and schema, and the mount of its DataSource. Made for one round, or kept over the
 * rounds of a sweep.
 *
 * @param owner closes all of it
 * @param database what the test connects to
 * @param ownDatabase the test's own
 * @param schema the test's own
 * @param isApart whether the database that other tests use is not even touched
 * @param ownServer whether the server is the test's own
 * @param mount what its connections pass
 */
record Premises(
        ChaosScope owner,
        Database database,
        Optional<TestDatabase> ownDatabase,
        Optional<TestSchema> schema,
        boolean isApart,
        boolean ownServer,
        WireMount mount) {

    /**
     * Makes them.
     *
     * @param scope whose faults reach them
     * @param owner closes them; the same, if they are for one round
     * @param hasFaults whether the test says already that something will be broken
     * @param onFailure takes what is to be kept if a round fails
     */
    static Premises make(
            ExtensionContext context,
            ChaosScope scope,
            ChaosScope owner,
            boolean hasFaults,
            Consumer<Supplier<List<String>>> onFailure) {
        OwnSpace space = OwnSpace.of(Tests.classes(context), context.getTestMethod());
        Database around =
                space.server() ? owner.own("the server", Databases.own(context)).database() : Databases.around(context);
        Optional<Reaching> far = context.getTestMethod()
                .flatMap(Reaching::of)
                .filter(it -> it.reach().isBeyond(Reach.SCHEMA));
        requireAllowed(context, scope, around, hasFaults || far.isPresent());
        if (far.isPresent() && !space.isApart()) {
            requireDisposable(scope, around, far.get());
        }
        Isolating isolating = new Isolating(context, owner, around, space.server(), onFailure);
        Optional<TestDatabase> ownDatabase = space.database().map(isolating::database);
        Optional<TestSchema> schema = space.schema().map(isolating::schema);
        Database database = ownDatabase
                .<Database>map(made -> new Database.Inside(around, made))
                .orElse(around);
        // closed behind the DataSource and before the schema: what is open then, the test has forgotten
        WireMount mount =
                database.attached().orElseGet(() -> owner.own("the mount", WireMount.twinOf(owner.name())));
        return new Premises(owner, database, ownDatabase, schema, space.isApart(), space.server(), mount);
    }

    /** The test's DataSource. */
    DataSource open(Duration statementTimeout, OptionalInt poolSize) {
        Map<String, String> driver = new HashMap<>();
        mount.properties().forEach((name, value) -> driver.put((String) name, (String) value));
        schema.ifPresent(it -> driver.putAll(it.driverProperties()));
        Database.Opened opened = database.open(new Database.Client(owner.name(), statementTimeout, poolSize), driver);
        owner.own("the DataSource", opened.end());
        return opened.dataSource();
    }

    /** A test without faults may use any server; but then it can't inject one while it runs either. */
    private static void requireAllowed(
            ExtensionContext context, ChaosScope scope, Database around, boolean hasFaults) {
        String allowed =
                PostgresRun.of(context).settings().get(Loopback.ALLOWED_HOSTS).orElse("");
        try {
            around.requireAllowed(Loopback.allowing(allowed));
        } catch (ChaosException refused) {
            if (hasFaults) {
                throw refused;
            }
            scope.forbidFaults(String.valueOf(refused.getMessage()));
        } catch (SQLException e) {
            throw new ChaosException(
                    scope.name() + " must know the server that it may break, but the DataSource gave no connection, "
                            + "with state " + e.getSQLState() + ". Check that the server runs; see the cause.",
                    e);
        }
    }

    /** Who names a database need not mean that it may be broken. */
    private static void requireDisposable(ChaosScope scope, Database around, Reaching far) {
        if (around.server().filter(Postgres::isOwned).isPresent()) {
            return;
        }
        try (Connection connection = around.admin().getConnection()) {
            Disposable.require(connection, "What a " + far.type() + " does for " + scope.name());
        } catch (SQLException e) {
            throw new ChaosException(
                    scope.name() + " must know whether its database may be broken, but that answered " + e.getSQLState()
                            + ". Check that the server runs; see the cause.",
                    e);
        }
    }
}
