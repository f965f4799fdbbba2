// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.internal.SweepRound;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.isolation.TestDatabase;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.pool.internal.HikariSource;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.sweep.Sweep;
import dev.chaostest.postgres.teeth.Contents;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.WireMount;
import java.net.InetSocketAddress;
import java.util.List;
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
    private final Optional<SweptGround> kept;
    private final Optional<WatchedGround> watched;
    private final Place place;
    private final boolean autoCommit;
    private final DataSource dataSource;
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
        this.kept = SweptGround.of(context, round);
        this.watched = WatchedGround.of(context, round);
        this.place = kept.map(SweptGround::place).orElseGet(() -> new Place(context, round, scope, rules));
        Database database = place.database();
        WireMount mount = place.mount();
        this.residue = kept.isPresent()
                ? RoundResidue.ofKept(scope)
                : outlivesTheTest()
                        ? RoundResidue.ofAttached(scope, mount, database)
                        : RoundResidue.ofOwn(scope, mount, database);
        round.armOn(mount.mount());
        this.oracles = new RoundOracles(
                round,
                place,
                () -> place.isApart()
                        ? scope.own("the log", WriteLogs.own(context, database))
                        : WriteLogs.of(context, database));
        kept.ifPresent(ground -> oracles.follow(ground.truth()));
        if (kept.isEmpty() && watched.isEmpty()) {
            oracles.follow(scope.plan().rules());
        }
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
        this.dataSource = withPoolSeam(kept.map(SweptGround::dataSource).orElseGet(() -> place.open(poolSize)));
        SweepPlaces.consult(round, dataSource);
        kept.ifPresent(ground -> ground.begin(round.sweep().orElseThrow()));
        watched.ifPresent(ground ->
                oracles.follow(ground.begin(round.sweep().orElseThrow(), scope, place, dataSource, oracles.unarmed())));
        round.onFailure(() -> HangAdvice.lines(scope, pool == null ? dataSource : pool));
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
        return place.database();
    }

    Optional<TestSchema> schema() {
        return place.schema();
    }

    Optional<TestDatabase> ownDatabase() {
        return place.ownDatabase();
    }

    /** The server that is the test's own. */
    Optional<PostgresServer> ownServer() {
        return place.hasOwnServer() ? database().server().flatMap(Postgres::server) : Optional.empty();
    }

    DataSource dataSource() {
        return dataSource;
    }

    /** What its tables hold now; empty if they are not its own, or can't be read. */
    Optional<Contents> contents() {
        return schema().map(TestSchema::name)
                .or(() -> ownDatabase().map(own -> "public"))
                .flatMap(name -> Contents.of(database().admin(), name));
    }

    /** The seam that its statements pass. */
    WireMount mount() {
        return place.mount();
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
        return database().attached().isPresent();
    }

    /**
     * Has something that the library lends to the test closed behind it: with the scope, or earlier where the round is judged
     * by what it leaves open.
     */
    <T extends AutoCloseable> T lend(String what, T lent) {
        round.sweep().ifPresent(sweep -> sweep.whenThrough(lent));
        return scope.own(what, lent);
    }

    /** What judges the round, where it is one of a sweep. */
    Sweep sweep() {
        return kept.map(SweptGround::sweep)
                .or(() -> watched.map(ground -> ground.judge().sweep()))
                .orElseThrow(() -> new ChaosException("A Sweep parameter of " + scope.name()
                        + " must belong to a @ChaosSweep, but the test is none. Use @ChaosSweep."));
    }

    /** The pool for those who ask for one; the same for every parameter of the round. */
    synchronized DataSource pool() {
        if (pool == null) {
            requireStrikable();
            pool = HikariSource.isPool(dataSource)
                    ? dataSource // the twin of the user's pool, or the pool itself
                    : watched(kept.map(SweptGround::pool).orElseGet(this::newPool));
        }
        return pool;
    }

    private DataSource newPool() {
        return scope.own("the pool", TestPool.of(dataSource, poolSize.orElse(POOL_SIZE), scope.name()))
                .dataSource();
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
        if (kept.isPresent()) {
            return ownPool; // it is looked at when the round is judged
        }
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
}
