// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session of ours that takes locks, on a thread of its own: who waits for what it does can be interrupted, and can look at
 * the server meanwhile.
 *
 * <p>One task at a time; safe for use by many threads otherwise.
 */
public final class LockSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LockSession.class);
    private static final Duration END = Duration.ofSeconds(5);
    private static final long CANCEL_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int VALID_SECONDS = 5;

    private final Connection connection;
    private final Identity identity;
    private final int majorVersion;
    private final boolean autoCommit;
    private final ExecutorService thread;
    private Map<String, Long> applied = Map.of();
    private volatile Future<?> latest = CompletableFuture.completedFuture(true);

    private LockSession(Connection connection, Identity identity) throws SQLException {
        this.connection = connection;
        this.identity = identity;
        this.majorVersion = connection.getMetaData().getDatabaseMajorVersion();
        this.autoCommit = connection.getAutoCommit();
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "chaos-lock-" + identity.pid());
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * What names one session for good.
     *
     * @param pid the process id of its backend, which another one may have later
     * @param started when it was connected
     */
    public record Identity(int pid, OffsetDateTime started) {}

    /** What is done on the session's thread. */
    @FunctionalInterface
    public interface Task<T> {
        /** Does it. */
        T run(Connection connection) throws SQLException;
    }

    /** Connects. */
    public static LockSession open(DataSource source) throws SQLException {
        Connection connection = source.getConnection();
        try {
            return new LockSession(connection, identity(connection));
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static Identity identity(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT pid, backend_start FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())")) {
            row.next();
            return new Identity(row.getInt(1), row.getObject(2, OffsetDateTime.class));
        }
    }

    /** Its name. */
    public Identity identity() {
        return identity;
    }

    /** The process id of its backend. */
    public int pid() {
        return identity.pid();
    }

    /** The server's. */
    public int majorVersion() {
        return majorVersion;
    }

    /**
     * Begins a transaction, in a session with these settings: set only where they are others than before, and reset when the
     * session is closed, since a pool may have lent it. On the session's thread.
     *
     * @param settings names and numbers
     */
    public void begin(Map<String, Long> settings) throws SQLException {
        if (!settings.equals(applied)) {
            connection.setAutoCommit(true);
            execute(each -> "SET " + each + " = " + settings.get(each), settings.keySet());
            applied = Map.copyOf(settings);
        }
        connection.setAutoCommit(false);
    }

    private void execute(UnaryOperator<String> statement, Set<String> names) throws SQLException {
        try (Statement all = connection.createStatement()) {
            all.execute(names.stream().map(statement).collect(Collectors.joining("; ")));
        }
    }

    private void end() throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        connection.setAutoCommit(true);
        if (!applied.isEmpty()) {
            execute(each -> "RESET " + each, applied.keySet());
        }
        connection.setAutoCommit(autoCommit);
    }

    /** Whether its server still answers. */
    public boolean isAlive() {
        try {
            return finish(start(opened -> opened.isValid(VALID_SECONDS)));
        } catch (SQLException e) {
            return false;
        }
    }

    /** Does it on the session's thread. */
    public <T> Future<T> start(Task<T> task) {
        try {
            Future<T> started = thread.submit(() -> task.run(connection));
            latest = started;
            return started;
        } catch (RejectedExecutionException ended) {
            return CompletableFuture.failedFuture(closed(ended));
        }
    }

    /**
     * Waits for what was started.
     *
     * @throws TimeoutException if it is not done by then; it goes on
     * @throws InterruptedException if the caller is interrupted; it goes on
     */
    public static <T> T await(Future<T> started, Deadline deadline)
            throws SQLException, TimeoutException, InterruptedException {
        try {
            return started.get(Math.max(0, deadline.left()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException answer) {
                throw answer;
            }
            if (e.getCause() instanceof ChaosException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        } catch (CancellationException neverRun) {
            throw closed(neverRun);
        }
    }

    private static SQLException closed(Exception why) {
        return new SQLException("the session was closed", "08003", why);
    }

    /** Cancels what runs until it gives up, and rolls back. */
    public void rollBack() throws SQLException {
        cancel(latest);
        finish(start(opened -> {
            opened.rollback();
            return true;
        }));
    }

    private void cancel(Future<?> running) throws SQLException {
        Deadline deadline = Deadline.in(END);
        while (!running.isDone() && !deadline.isOver()) {
            connection.unwrap(PGConnection.class).cancelQuery(); // one that comes before the statement is lost
            isDoneSoon(running);
        }
    }

    /** An interrupt must not keep a lock from being let go of; it is restored. */
    private static void isDoneSoon(Future<?> running) {
        long end = System.nanoTime() + CANCEL_AGAIN_NANOS;
        boolean interrupted = Thread.interrupted();
        while (!running.isDone() && System.nanoTime() < end) {
            Deadline.pause();
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a task that must be done, also under an interrupt. */
    public <T> T finish(Future<T> started) throws SQLException {
        boolean interrupted = Thread.interrupted();
        Deadline deadline = Deadline.in(END);
        try {
            while (true) {
                try {
                    return await(started, deadline);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException late) {
            abort();
            throw new SQLException("the session did not answer within " + END.toSeconds() + " s", "08006", late);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("A session that does not answer could not be aborted", e);
        }
    }

    /** Ends what runs, the thread and the connection, in whatever state they are. Never waits longer than a few seconds. */
    @Override
    public void close() {
        try {
            cancel(latest);
            finish(start(opened -> {
                end();
                return true;
            }));
            connection.close();
        } catch (SQLException | RuntimeException e) { // it was killed, or its server is gone: its locks with it
            LOG.debug("The session of a lock could not be closed cleanly", e);
            abort();
        } finally {
            endThread();
        }
    }

    /** What was started meanwhile, and never ran, must not be waited for. */
    private void endThread() {
        for (Runnable left : thread.shutdownNow()) {
            if (left instanceof Future<?> neverRun) {
                neverRun.cancel(false);
            }
        }
    }

    @Override
    public String toString() {
        return "pid " + pid();
    }
}
