// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.load.Workload.Pick;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import dev.chaostest.postgres.sqlstate.SqlState;
import dev.chaostest.time.TimeSource;
import dev.chaostest.work.Worker;
import dev.chaostest.work.Workers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Runs clients on the tables of a load, in this process, over the DataSource of the test: faults of a scope strike them, too.
 *
 * <p>Each client has a thread ({@code client-0}, {@code client-1} ..., each a lane) and a connection of its own, and goes on
 * after a failure: it rolls back, or connects anew, and counts the SQLSTATE. Which rows it picks follows from the seed, its
 * lane and the number of the transaction.
 *
 * <p>Defaults: {@link Workload#TPC_B}, 10 clients, 100 transactions each, seed 1, the system's time.
 *
 * <pre>{@code
 * LoadReport report = PgLoad.on(bank, tables).clients(4).lasting(Duration.ofSeconds(2)).run();
 * report.requireAtLeast(1);
 * tables.sums().requireEqual();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class PgLoad {

    private static final Duration GRACE = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofHours(12);
    private static final int DELTA = 5_000;
    private static final int DRAWS = 4;

    private final DataSource source;
    private final Scale scale;
    private final Terms terms;

    private PgLoad(DataSource source, Scale scale, Terms terms) {
        this.source = source;
        this.scale = scale;
        this.terms = terms;
    }

    /** What was agreed; a length of zero is a number of transactions. */
    private record Terms(
            Workload workload, int clients, long transactions, Duration length, Seed seed, TimeSource time) {}

    /**
     * A load with the defaults.
     *
     * @param source whose connections see the tables
     */
    public static PgLoad on(DataSource source, LoadTables tables) {
        Terms defaults = new Terms(Workload.TPC_B, 10, 100, Duration.ZERO, new Seed(1), TimeSource.system());
        return new PgLoad(source, tables.scale(), defaults);
    }

    private PgLoad with(Terms other) {
        return new PgLoad(source, scale, other);
    }

    /** As this, with another workload. */
    public PgLoad workload(Workload workload) {
        return with(new Terms(workload, terms.clients, terms.transactions, terms.length, terms.seed, terms.time));
    }

    /**
     * As this, with so many clients.
     *
     * @param clients 1 to 1,000
     */
    public PgLoad clients(int clients) {
        return with(new Terms(terms.workload, clients, terms.transactions, terms.length, terms.seed, terms.time));
    }

    /**
     * As this, until each client has tried so many transactions.
     *
     * @param each 1 or more
     * @throws ChaosException if it is less
     */
    public PgLoad transactions(long each) {
        if (each < 1) {
            throw new ChaosException("Each client must try at least 1 transaction, but was to try " + each
                    + ". A load without transactions shows nothing.");
        }
        return with(new Terms(terms.workload, terms.clients, each, Duration.ZERO, terms.seed, terms.time));
    }

    /**
     * As this, for a time; a transaction that has begun is ended.
     *
     * @param length more than zero, at most 12 hours
     * @throws ChaosException if it is out of range
     */
    public PgLoad lasting(Duration length) {
        if (length.isZero() || length.isNegative() || length.compareTo(LONGEST) > 0) {
            throw new ChaosException("A load must last more than zero and at most 12 hours, but was to last " + length
                    + ". Write for example Duration.ofSeconds(2).");
        }
        return with(new Terms(terms.workload, terms.clients, terms.transactions, length, terms.seed, terms.time));
    }

    /** As this, with another seed. */
    public PgLoad seed(Seed seed) {
        return with(new Terms(terms.workload, terms.clients, terms.transactions, terms.length, seed, terms.time));
    }

    /** As this, on a time of the caller's. */
    public PgLoad time(TimeSource time) {
        return with(new Terms(terms.workload, terms.clients, terms.transactions, terms.length, terms.seed, time));
    }

    /**
     * Runs all clients, and returns when the last one is through.
     *
     * @throws dev.chaostest.work.WorkersError if one is stuck for a minute longer than the load
     * @throws InterruptedException if the calling thread is interrupted, after all clients were ended
     */
    public LoadReport run() throws InterruptedException {
        Duration deadline = terms.length.isZero() ? GRACE.multipliedBy(10) : terms.length.plus(GRACE);
        List<Course> courses = Workers.of(terms.clients)
                .named("client")
                .each(() -> new Client(source), Client::cancel)
                .deadline(deadline)
                .call(this::course)
                .values();
        SortedMap<String, Long> failures = new TreeMap<>();
        courses.forEach(course -> course.failures.forEach((state, count) -> failures.merge(state, count, Long::sum)));
        long began = courses.stream().mapToLong(Course::began).min().orElseThrow();
        long ended = courses.stream().mapToLong(Course::ended).max().orElseThrow();
        long committed = courses.stream().mapToLong(Course::committed).sum();
        return new LoadReport(committed, failures, Duration.ofNanos(ended - began));
    }

    private Course course(Worker<Client> worker) {
        Client client = worker.resource();
        SortedMap<String, Long> failures = new TreeMap<>();
        long began = terms.time.nanos();
        long committed = 0;
        for (long n = 0; isToGoOn(n, began) && !client.isCancelled(); n++) {
            try {
                client.run(terms.workload, pick(worker.lane(), n));
                committed++;
            } catch (SQLException e) {
                failures.merge(state(e), 1L, Long::sum);
                client.recover();
            }
        }
        return new Course(began, terms.time.nanos(), committed, failures);
    }

    private boolean isToGoOn(long done, long began) {
        return terms.length.isZero()
                ? done < terms.transactions
                : terms.time.nanos() - began < terms.length.toNanos();
    }

    private static String state(SQLException e) {
        return SqlFailure.of(e).flatMap(SqlFailure::state).map(SqlState::code).orElse("none");
    }

    /** As pgbench draws them: a teller and a branch of their own, so the account may be of another branch. */
    private Pick pick(Lane lane, long n) {
        int aid = 1 + (int) (draw(lane, n, 1) * scale.accounts());
        int tid = 1 + (int) (draw(lane, n, 2) * scale.tellers());
        int bid = 1 + (int) (draw(lane, n, 3) * scale.branches());
        int delta = (int) (draw(lane, n, DRAWS) * (2 * DELTA + 1)) - DELTA;
        return new Pick(aid, tid, bid, delta);
    }

    private double draw(Lane lane, long n, int number) {
        return terms.seed.draw(new Site("load", terms.workload.name()), lane, n * DRAWS + number);
    }

    private record Course(long began, long ended, long committed, SortedMap<String, Long> failures) {}
}
