// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.order;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.wire.StatementObserver.Arriving;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches in which order code takes its locks, and reports two paths that take the same locks in opposite orders: without a
 * deadlock happening, and also when they never ran at the same time.
 *
 * <p>Before each statement of a mounted DataSource goes out, the server is asked which locks its session holds; what is new
 * belongs to the statement before. So each statement is some 10 ms slower. The application sees nothing else. Locks
 * are tables, advisory keys, and rows where the extension {@code pgrowlocks} is installed in the database ({@code CREATE
 * EXTENSION pgrowlocks}) and the role may use it (superuser, or a member of {@code pg_stat_scan_tables}): rows are named by their
 * primary key, else by their place. It reads the tables of which rows are locked from end to end: for tables of tests, not for
 * millions of rows.
 *
 * <p>Not reported: the same order; modes that are compatible; two paths that hold a common lock before, which keeps them apart;
 * one statement that locks several rows, whose order nobody knows; circles of three and more paths. A path that takes a lock
 * shared and then stronger is reported as soon as a second transaction does it.
 *
 * <p>Keeps at most 10,000 orders and 100 inversions, one for the same places in the code.
 *
 * <pre>{@code
 * LockOrderRecorder recorder = LockOrderRecorder.watch(scope, WireMount.of("bank"), admin);
 * service.transfer(1, 2, 100);
 * service.transfer(2, 1, 100);
 * recorder.assertNoInversion();
 * }</pre>
 *
 * <p>Safe for use by many threads. Works on PostgreSQL 15 to 18.
 *
 * @since 0.1
 */
public final class LockOrderRecorder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LockOrderRecorder.class);
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final HeldLocks held;
    private final Orders orders = new Orders();
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Integer, Track> tracks = new LinkedHashMap<>();
    private final AtomicLong missed = new AtomicLong();
    private final ExecutorService thread;
    private AutoCloseable observed = () -> {};

    private LockOrderRecorder(HeldLocks held) {
        this.held = held;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "chaos-lock-order-1");
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Watches from now on, until it is closed or the scope ends.
     *
     * @param mount the seam of the DataSource that the code under test uses
     * @param source connects to the same database past the seam
     * @throws ChaosException if it can't connect, or if somebody else observes the mount
     */
    public static LockOrderRecorder watch(ChaosScope scope, WireMount mount, DataSource source) {
        try {
            LockOrderRecorder recorder = new LockOrderRecorder(HeldLocks.open(source));
            scope.own("the recorder of lock orders", recorder);
            recorder.observed = mount.observe(recorder::before);
            scope.ledger()
                    .noted("watches the order of locks of " + mount
                            + (recorder.seesRows() ? "" : ", rows not among them"));
            return recorder;
        } catch (SQLException e) {
            throw new ChaosException(
                    "The recorder of lock orders must have a session of its own, but connecting failed with state "
                            + e.getSQLState() + ". Check that one more connection is possible; see the cause.",
                    e);
        }
    }

    /** Whether locks of rows are seen, too; otherwise only those of tables and advisory keys. */
    public boolean seesRows() {
        return held.seesRows();
    }

    /** How many times the server did not tell in time what a session held: what it took then is not known. */
    public long missed() {
        return missed.get();
    }

    /** The inversions so far, in the order in which they were found. */
    public List<LockInversion> inversions() {
        return onThread(this::lookAtAll);
    }

    /**
     * Checks that no two paths take the same locks in opposite orders.
     *
     * @throws AssertionError if two do, with the statements and the code that sent them
     * @throws ChaosException if none was found, but the recorder's own session has ended, or there were more orders than it keeps:
     *     what it did not see is not known to be right
     */
    public void assertNoInversion() {
        List<LockInversion> found = inversions();
        if (!found.isEmpty()) {
            List<String> lines = new ArrayList<>();
            found.forEach(inversion -> lines.add("\n  " + inversion));
            throw new AssertionError("Code paths must take their locks in one order, but " + found.size()
                    + (found.size() == 1 ? " pair does" : " pairs do")
                    + " not: they can deadlock (40P01). Sort what is locked, by id for instance, or take one common lock first."
                    + String.join("", lines));
        }
        String unseen = onThread(this::unseen);
        if (!unseen.isEmpty()) {
            throw new ChaosException("The recorder of lock orders must have seen all to say that they are right, but "
                    + unseen + ". Leave its session alone, and watch fewer transactions at a time.");
        }
    }

    /** On the recorder's thread: what the session holds now is what the statements before this one have taken. */
    private void arrived(Arriving statement) {
        Track track = tracks.computeIfAbsent(statement.pid(), pid -> new Track(orders, numbers::incrementAndGet));
        Optional<Set<Grip>> now = Optional.empty();
        boolean isWorthALook = track.isWorthALook();
        try {
            now = isWorthALook ? look(statement.pid()) : now;
        } finally {
            boolean waited = statement.goOn();
            if (isWorthALook && waited && now.isPresent()) {
                track.holds(now.get());
            } else if (isWorthALook) {
                missed.incrementAndGet();
            }
            track.sent(statement);
        }
    }

    private Optional<Set<Grip>> look(int pid) {
        try {
            return Optional.of(held.of(pid));
        } catch (SQLException e) {
            LOG.debug("The locks of pid {} could not be read", pid, e);
            return Optional.empty();
        }
    }

    /** Those whose transaction is still open have not sent the statement that would have told of the last one. */
    private String unseen() throws SQLException {
        if (!held.isAlive()) {
            return "its session has ended";
        }
        return orders.isFull() ? "there were more than it keeps" : "";
    }

    private List<LockInversion> lookAtAll() {
        tracks.forEach((pid, track) -> look(pid).ifPresent(track::holds));
        return orders.inversions();
    }

    private <T> T onThread(Callable<T> task) {
        Future<T> asked;
        try {
            asked = thread.submit(task);
        } catch (RejectedExecutionException e) {
            throw new ChaosException(
                    "The recorder of lock orders must be open to be asked, but is closed. Ask it before.", e);
        }
        try {
            return asked.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("The recorder of lock orders must not be interrupted, but was. Ask it again.", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new ChaosException(
                    "The recorder of lock orders must answer within " + DEADLINE.toSeconds()
                            + " s, but did not. See the cause.",
                    e);
        }
    }

    /** Lets all statements go on, and forgets who holds what. Twice is harmless. */
    @Override
    public void close() {
        try {
            observed.close();
            if (!thread.isShutdown()) {
                onThread(
                        () -> { // behind every statement that still waits
                            held.close();
                            return true;
                        });
            }
        } catch (Exception e) {
            LOG.debug("The recorder of lock orders could not be closed cleanly", e);
        } finally {
            thread.shutdownNow();
        }
    }

    /** One that comes when the recorder is closed goes on at once. */
    private void before(Arriving statement) {
        try {
            thread.execute(() -> arrived(statement));
        } catch (RejectedExecutionException closed) {
            statement.goOn();
        }
    }
}
