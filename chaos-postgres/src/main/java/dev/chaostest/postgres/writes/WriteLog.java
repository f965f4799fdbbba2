// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads what tests wrote to one database, out of the log from which the server would recover.
 *
 * <p>Open it before tests write, and keep it for all of them: to open it waits until every transaction has ended that is
 * writing at that moment, in <em>any</em> database of the server. Then {@link #record} costs a few short round trips and waits
 * for nobody. The code under test notices nothing: no trigger, no lock, no setting of its sessions or tables.
 *
 * <p>While it is open, the server keeps its log, and dead rows of the catalogue, from the oldest recording on; so close
 * recordings with their tests, and this with the last of them. It holds two sessions and one temporary replication slot, which
 * end with it, also when the JVM dies.
 *
 * <p>A server that this library did not start is refused, unless its owner opens the log by {@link #openOnServerOfYours}.
 *
 * <pre>{@code
 * try (WriteLog log = WriteLog.open(postgres);
 *         Writes writes = log.record(schema.name())) {
 *     service.transfer(1, 2, 100);
 *     writes.assertAllOrNothing();
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads: they read one after the other. Source: PostgreSQL, "Logical Decoding".
 *
 * @since 0.1
 */
public final class WriteLog implements AutoCloseable {

    private static final Duration OPEN_DEADLINE = Duration.ofSeconds(30);
    private static final String CANCELED = "57014";

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Writes> recordings = new ArrayList<>();
    private final Slot slot;
    private boolean closed;
    private @Nullable SQLException broken;

    private WriteLog(Slot slot) {
        this.slot = slot;
    }

    /**
     * Opens the log of a server that we started.
     *
     * @param postgres of the database to read
     * @throws ChaosException if the server is not ours, or somebody went on writing for 30 s
     */
    public static WriteLog open(Postgres postgres) {
        if (!postgres.isOwned()) {
            throw new ChaosException(
                    "What a test wrote must be read on a server that this library started, but " + postgres.describe()
                            + " is not: a replication slot makes a server keep its log and its dead catalogue rows, for all "
                            + "who use it. Remove chaos.jdbc.url, or, if it is yours, use "
                            + "WriteLog.openOnServerOfYours(dataSource).");
        }
        return open(postgres::connect, OPEN_DEADLINE);
    }

    /**
     * Opens the log on any server, for its owner, who knows that a replication slot makes it keep its log.
     *
     * @param source leads to the database to read, directly; its role is a superuser or may replicate. Two of its connections
     *     are used until this log is closed
     * @throws ChaosException if the server's {@code wal_level} is not {@code logical}, if the role may not replicate, if no
     *     slot is free, or if somebody went on writing for 30 s
     */
    public static WriteLog openOnServerOfYours(DataSource source) {
        return open(source::getConnection, OPEN_DEADLINE);
    }

    static WriteLog open(Slot.Connector connector, Duration deadline) {
        try {
            return new WriteLog(Slot.open(connector, deadline));
        } catch (SQLException e) {
            throw CANCELED.equals(e.getSQLState()) ? waited(connector, deadline, e) : failed(e);
        }
    }

    private static ChaosException waited(Slot.Connector connector, Duration deadline, SQLException cause) {
        List<String> writers;
        try (Connection connection = connector.connect()) {
            writers = Slot.writers(connection);
        } catch (SQLException e) {
            cause.addSuppressed(e);
            writers = List.of();
        }
        return new ChaosException(
                "The log of what tests write must be opened while nobody writes, but a transaction stayed open for "
                        + deadline.toMillis() + " ms. Open it before the tests, or end these first."
                        + (writers.isEmpty() ? "\n  writer : none any more" : "\n  writer : ")
                        + String.join("\n  writer : ", writers),
                cause);
    }

    private static ChaosException failed(SQLException cause) {
        String state = Optional.ofNullable(cause.getSQLState()).orElse("nothing");
        String advice = switch (state) {
            case "42501" -> "Connect as a superuser, or as a role with REPLICATION.";
            case "55000" -> "Start the server with wal_level=logical, and lead to the primary.";
            case "53400" -> "Raise max_replication_slots.";
            case "58P01" -> "Install PostgreSQL's contrib modules: the plugin test_decoding is missing.";
            default -> "See the cause.";
        };
        return new ChaosException(
                "The log of what tests write must be readable, but the server answered " + state + ". " + advice,
                cause);
    }

    /**
     * Records what commits in one schema from now on: exact for a test with a schema of its own, whoever else writes.
     *
     * @param schema as the catalogue has it: neither quoted nor folded
     * @return its writes; the caller closes it
     * @throws IllegalStateException if this log is closed
     */
    public Writes record(String schema) {
        return begin(schema);
    }

    /**
     * Records what commits in the whole database from now on, by <em>anybody</em>: exact for a test that runs alone there.
     *
     * @return its writes; the caller closes it
     * @throws IllegalStateException if this log is closed
     */
    public Writes record() {
        return begin(null);
    }

    private Writes begin(@Nullable String schema) {
        return locked(() -> {
            String prefix = schema == null ? null : slot.prefix(schema);
            Lsn now = slot.release(recordings.stream().map(Writes::from).min(Lsn::compareTo));
            Writes writes = new Writes(this, new Wanted(schema, prefix, now));
            recordings.add(writes);
            return writes;
        });
    }

    /**
     * What a recording is about.
     *
     * @param schema null for all
     * @param prefix of its lines
     * @param from only what commits behind it
     */
    record Wanted(@Nullable String schema, @Nullable String prefix, Lsn from) {}

    List<WrittenTransaction> read(Wanted wanted) {
        return locked(() -> {
            slot.flush();
            Gathering gathered = new Gathering(wanted.schema(), wanted.from());
            slot.read(wanted.prefix(), gathered);
            return gathered.resolve(slot.identities(gathered.tables()));
        });
    }

    /** What it held back goes with the next one that begins, or with this log. */
    void end(Writes writes) {
        lock.lock();
        try {
            recordings.remove(writes);
        } finally {
            lock.unlock();
        }
    }

    /** Ends all recordings and lets the server forget. Twice is harmless. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                recordings.clear();
                slot.close();
            }
        } finally {
            lock.unlock();
        }
    }

    /** One at a time: a slot is read by one session, and a session does one thing. */
    private <T> T locked(Work<T> work) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(
                        "The log of what tests write must be open, but is closed. Close it behind the last test.");
            }
            if (broken != null) {
                throw broken(broken);
            }
            return work.call();
        } catch (SQLException e) {
            throw broken(e);
        } finally {
            lock.unlock();
        }
    }

    /** The server drops a temporary slot with the first error of its session. */
    private ChaosException broken(SQLException cause) {
        broken = cause;
        return new ChaosException(
                "The log of what tests write must stay readable, but the server answered " + cause.getSQLState()
                        + " once, and forgot then where to read on. Open another log; see the cause.",
                cause);
    }

    private interface Work<T> {
        T call() throws SQLException;
    }
}
