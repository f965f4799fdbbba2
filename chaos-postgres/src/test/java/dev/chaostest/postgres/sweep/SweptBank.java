// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.ChaosScope;
import dev.chaostest.Run;
import dev.chaostest.explore.Candidate;
import dev.chaostest.explore.Ended;
import dev.chaostest.explore.Judgement;
import dev.chaostest.explore.Point;
import dev.chaostest.explore.Recorded;
import dev.chaostest.explore.Turn;
import dev.chaostest.explore.Variant;
import dev.chaostest.mount.HitListener;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.isolation.SchemaOptions;
import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.wire.WireMount;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A bank in a schema that is kept over rounds, without JUnit's help. */
final class SweptBank implements AutoCloseable {

    static final String[] TABLES = {
        "CREATE TABLE account (id int PRIMARY KEY, owner text, balance int NOT NULL)",
        "INSERT INTO account VALUES (1, 'Ann', 1000), (2, 'Bob', 1000), (3, NULL, 0)",
        "CREATE TABLE entry (id serial PRIMARY KEY, account int REFERENCES account, amount int, at timestamptz DEFAULT now())"
    };

    private final TestSchema schema;
    private final WireMount wire = WireMount.twinOf("swept");
    private final DataSource admin;
    private final DataSource plain;
    private final @Nullable TestPool pool;
    private final SweptSpace space;
    private final SweepJudge judge;
    private Work setUp = bank -> {};

    SweptBank(String... statements) {
        this("postgres", 2, statements);
    }

    /**
     * @param role who makes and restores the tables
     * @param connections of the pool; 0 for none
     */
    SweptBank(String role, int connections, String... statements) {
        admin = DriverSettings.of(TestServer.url(), "postgres", null)
                .withProperties(Map.of("options", "-c role=" + role))
                .unpooled();
        schema = TestSchema.create(
                DriverSettings.of(TestServer.url(), "postgres", null).unpooled(),
                SchemaOptions.ofDefaults(Run.random()));
        if (!role.equals("postgres")) {
            superuser().run("ALTER SCHEMA " + schema.quoted() + " OWNER TO " + role);
        }
        Map<String, String> driver = new HashMap<>(schema.driverProperties());
        driver.put("options", "-c role=" + role);
        new Sql(DriverSettings.of(TestServer.url(), "postgres", null)
                        .withProperties(driver)
                        .unpooled())
                .run(statements);
        wire.properties().forEach((name, value) -> driver.put((String) name, (String) value));
        plain = DriverSettings.of(TestServer.url(), "postgres", null)
                .withProperties(driver)
                .unpooled();
        pool = connections == 0 ? null : TestPool.of(plain, connections, "swept");
        space = newSpace();
        judge = new SweepJudge(space, Clock.systemUTC());
    }

    static Sql superuser() {
        return new Sql(DriverSettings.of(TestServer.url(), "postgres", null).unpooled());
    }

    /** Work of a round. */
    interface Work {
        void run(DataSource bank) throws Exception;
    }

    SweptSpace newSpace() {
        SweptSpace made = SweptSpace.of("transfer", wire, admin, schema.quoted(), List.of(schema.name()));
        if (pool != null) {
            made.fills(pool.dataSource());
        }
        return made;
    }

    SweptSpace space() {
        return space;
    }

    WireMount wire() {
        return wire;
    }

    SweepJudge judge() {
        return judge;
    }

    Sweep sweep() {
        return judge.sweep();
    }

    TestSchema schema() {
        return schema;
    }

    DataSource dataSource() {
        return pool == null ? plain : pool.dataSource();
    }

    /** Past the seam, with the schema as its default. */
    Sql sql() {
        return new Sql(DriverSettings.of(TestServer.url(), "postgres", null)
                .withProperties(schema.driverProperties())
                .unpooled());
    }

    /** What each round begins with. */
    void setUp(Work work) {
        setUp = work;
    }

    /** Both clean rounds, which must be right. */
    SweptBank learn(Work work) {
        for (boolean again : List.of(false, true)) {
            Judgement judgement = round(new Turn.Clean(again), work);
            if (!judgement.wrong().isEmpty()) {
                throw new AssertionError(judgement.wrong());
            }
        }
        return this;
    }

    /** A round with rules. */
    Judgement round(Work work, Rule... rules) {
        return round(new Turn.Try(variant(), Optional.empty()), work, rules);
    }

    Judgement round(Turn turn, Work work, Rule... rules) {
        if (!space.begin(turn instanceof Turn.Clean clean && clean.again())) {
            throw new AssertionError("the space can't be used any more");
        }
        try {
            setUp.run(dataSource());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        judge.begins(turn);
        Throwable thrown = null;
        List<Point> points = new ArrayList<>();
        try (ChaosScope scope = ChaosScope.open("transfer", Plan.of(new Seed(7), rules))) {
            HitListener recorder = (hit, detail, text, machinery) -> {
                synchronized (points) {
                    points.add(point(hit));
                }
            };
            scope.round().whenHit(recorder);
            scope.arm(wire.mount());
            try {
                work.run(dataSource());
            } catch (Exception | AssertionError e) {
                thrown = e;
            }
        }
        if (turn instanceof Turn.Clean) {
            judge.recorded(new Recorded(points, points, 0));
        }
        return judge.judge(new Ended(turn, thrown, thrown != null, rules.length > 0));
    }

    private static Point point(Hit hit) {
        return new Point(hit, 1, 1, false, "", null, List.of());
    }

    private static Variant variant() {
        Point point = point(new Hit(new Site("sql", "COMMIT"), new Lane("connection-1"), 1));
        return new Variant(
                1,
                point,
                "COMMIT",
                new Candidate("connection lost", "connection lost before", new Cut(When.BEFORE), false),
                false);
    }

    @Override
    public void close() {
        judge.close();
        space.close();
        if (pool != null) {
            pool.close();
        }
        wire.close();
        schema.close();
    }
}
