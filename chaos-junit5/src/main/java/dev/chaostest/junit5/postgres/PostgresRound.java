// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.internal.SweepRound;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.junit5.internal.TestTimeout;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.internal.Loopback;
import dev.chaostest.postgres.isolation.Disposable;
import dev.chaostest.postgres.isolation.TestDatabase;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.pool.internal.HikariSource;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.WireMount;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What one round of one test has of a PostgreSQL: its schema, its mount and its DataSource. All of it is owned by the
 * round's scope.
 */
final class PostgresRound {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(PostgresRound.class);
    private static final int POOL_SIZE = 10;
    private static final String POOL_SEAM = PoolMount.acquire().seam();
    private static final Site BEGIN = new Site("sql", "BEGIN");
    private static final Site COMMIT = new Site("sql", "COMMIT");

    private final TestRound round;
    private final ChaosScope scope;
    private final List<Rule> poolRules;
    private final OptionalInt poolSize;
    private final Database database;
    private final boolean autoCommit;
    private final boolean ownServer;
    private final Optional<TestDatabase> ownDatabase;
    private final Optional<TestSchema> schema;
    private final DataSource dataSource;
    private final WireMount mount;
    private final RoundResidue residue;
    private final RoundOracles oracles;
    private final RoundLocks locks;
    private @Nullable DataSource pool;
    private boolean hasPoolSeam;

    private PostgresRound(ExtensionContext context) {
        this.round = TestRound.of(context);
        List<Class<?>> classes = Tests.classes(context);
        this.poolSize = PoolSizes.of(classes, context.getTestMethod());
        List<Rule> rules = Faults.of(classes, context.getTestMethod());
        if (round.sweep().isPresent() && !rules.isEmpty()) {
            throw SweepRound.ownFaults(context);
        }
        round.plan(rules);
        this.poolRules = rules.stream()
                .filter(rule -> rule.target().seam().equals(POOL_SEAM))
                .toList();
        this.scope = round.scope();
        OwnSpace space = OwnSpace.of(classes, context.getTestMethod());
        Database around =
                space.server() ? scope.own("the server", Databases.own(context)).database() : Databases.around(context);
        this.ownServer = space.server();
        Optional<Reaching> far = context.getTestMethod()
                .flatMap(Reaching::of)
                .filter(it -> it.reach().isBeyond(Reach.SCHEMA));
        requireAllowed(
                context,
                around,
                !rules.isEmpty() || far.isPresent() || round.sweep().isPresent());
        if (far.isPresent() && !space.isApart()) {
            requireDisposable(around, far.get());
        }
        Isolating isolating = new Isolating(context, round, around, ownServer);
        this.ownDatabase = space.database().map(isolating::database);
        this.schema = space.schema().map(isolating::schema);
        this.database = ownDatabase
                .<Database>map(made -> new Database.Inside(around, made))
                .orElse(around);
        Optional<WireMount> attached = database.attached();
        this.mount = attached.orElseGet(this::ownMount);
        this.residue = attached.isPresent()
                ? RoundResidue.ofAttached(scope, mount, database)
                : RoundResidue.ofOwn(scope, mount, database);
        round.armOn(mount.mount());
        boolean isApart = space.isApart();
        this.oracles = new RoundOracles(
                round,
                database,
                schema,
                mount,
                () -> isApart
                        ? scope.own("the log", WriteLogs.own(context, database))
                        : WriteLogs.of(context, database));
        oracles.follow(rules);
        if (rules.stream().anyMatch(rule -> ServerError.lockTimeout().equals(rule.fault()))) {
            scope.own("the lock to wait for", mount.lockedBy(database.admin()));
        }
        round.call(new ServerWitness(database, mount::backends));
        this.autoCommit = Tests.onClass(classes, PostgresTest.class)
                .map(PostgresTest::autoCommit)
                .orElse(true);
        round.onFailure(() -> withoutCommit(rules));
        round.nameSites(Where::naming);
        round.serveAt(() -> database.server().map(it -> new InetSocketAddress(it.host(), it.port())));
        this.dataSource = withPoolSeam(open(mount, TestTimeout.of(context).forStatements()));
        SweepPlaces.consult(round, dataSource);
        this.locks = new RoundLocks(this, WantedLock.of(classes, context.getTestMethod()));
    }

    /** The round of this test; made before it. */
    static PostgresRound of(ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(context.getUniqueId(), key -> new PostgresRound(context), PostgresRound.class);
    }

    ChaosScope scope() {
        return scope;
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

    /** The server that is the test's own. */
    Optional<PostgresServer> ownServer() {
        return ownServer ? database.server().flatMap(Postgres::server) : Optional.empty();
    }

    DataSource dataSource() {
        return dataSource;
    }

    /** The seam that its statements pass. */
    WireMount mount() {
        return mount;
    }

    /** What its sessions leave on the server. */
    RoundResidue residue() {
        return residue;
    }

    RoundOracles oracles() {
        return oracles;
    }

    /** What it locks by itself. */
    RoundLocks locks() {
        return locks;
    }

    boolean isAutoCommit() {
        return autoCommit;
    }

    OptionalInt poolSize() {
        return poolSize;
    }

    /** Whether sessions go back to a pool that other tests use. */
    boolean outlivesTheTest() {
        return database.attached().isPresent();
    }

    /** Closed behind the DataSource and before the schema: what is open then, the test has forgotten. */
    private WireMount ownMount() {
        return scope.own("the mount", WireMount.twinOf(scope.name()));
    }

    /** The pool for those who ask for one; the same for every parameter of the round. */
    synchronized DataSource pool() {
        if (pool == null) {
            requireStrikable();
            pool = HikariSource.isPool(dataSource)
                    ? dataSource // the twin of the user's pool, or the pool itself
                    : watched(scope.own("the pool", TestPool.of(dataSource, poolSize.orElse(POOL_SIZE), scope.name()))
                            .dataSource());
        }
        return pool;
    }

    /** Neither the size nor getConnection of a pool that is attached to can be changed; silence would be a green lie. */
    private void requireStrikable() {
        if (!outlivesTheTest()) {
            return;
        }
        String what = poolSize.isPresent() ? "@PoolSize" : !poolRules.isEmpty() ? "A fault at getConnection" : "";
        if (!what.isEmpty()) {
            throw new ChaosException(
                    what + " of " + scope.name() + " must have a HikariDataSource parameter that is the test's "
                            + "own, but the pool is attached to as it is. Hand over one without socketFactory, which gets a twin"
                            + (poolSize.isPresent() ? "." : ", or take a DataSource parameter."));
        }
    }

    /** The round is armed on it, and looks who does not give back. The check runs before the pool is closed. */
    private DataSource watched(DataSource ownPool) {
        PoolMount seam = PoolMount.of(ownPool);
        armOn(seam);
        residue.checkBeforeTheEndOf(seam.mount().name());
        scope.checkResidue("leaked connection", seam.watchLeaks());
        return ownPool;
    }

    /** A pool of ours has the seam. One that is attached to gets it in front, only if a rule needs it. */
    private DataSource withPoolSeam(DataSource opened) {
        if (!outlivesTheTest()) {
            return PoolMount.isOn(opened) ? watched(opened) : opened;
        }
        if (poolRules.isEmpty()) {
            return opened;
        }
        PoolMount seam = PoolMount.of(opened);
        armOn(seam);
        return seam.dataSource();
    }

    private void armOn(PoolMount seam) {
        hasPoolSeam = true;
        round.armOn(seam.mount());
    }

    /** Asked when all parameters are there: a fault for a pool that nobody has would do nothing. */
    void requirePool() {
        boolean needed = poolRules.stream().anyMatch(rule -> !rule.optional());
        if (needed && !hasPoolSeam) {
            throw new ChaosException("A fault at getConnection of " + scope.name()
                    + " must have a pool to strike, but the test has none. Add a HikariDataSource parameter, and have the "
                    + "code under test use it.");
        }
    }

    /** A test without faults may use any server; but then it can't inject one while it runs either. */
    private void requireAllowed(ExtensionContext context, Database around, boolean hasFaults) {
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
    private void requireDisposable(Database around, Reaching far) {
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

    /** Who waits for a COMMIT that never came most often has no transaction, and would correct the test instead. */
    private List<String> withoutCommit(List<Rule> rules) {
        boolean waits = rules.stream()
                .anyMatch(rule -> rule.target().matches(COMMIT)
                        && !rule.target().matches(BEGIN)
                        && scope.fired().stream()
                                .noneMatch(fired -> fired.rule().equals(rule)));
        boolean begun = scope.round().decisions().seen().containsKey(BEGIN);
        return waits && !begun
                ? List.of("hint     : no transaction was begun; each statement committed by itself, without a COMMIT")
                : List.of();
    }

    private DataSource open(WireMount mount, Duration statementTimeout) {
        Map<String, String> driver = new HashMap<>();
        mount.properties().forEach((name, value) -> driver.put((String) name, (String) value));
        schema.ifPresent(it -> driver.putAll(it.driverProperties()));
        Database.Opened opened = database.open(new Database.Client(scope.name(), statementTimeout, poolSize), driver);
        scope.own("the DataSource", opened.end());
        return opened.dataSource();
    }
}
