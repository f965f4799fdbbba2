// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.sweep.internal.BaseImage;
import dev.chaostest.postgres.sweep.internal.Desk;
import dev.chaostest.postgres.sweep.internal.FilledPool;
import dev.chaostest.postgres.sweep.internal.Image;
import dev.chaostest.postgres.sweep.internal.Sessions;
import dev.chaostest.postgres.sweep.internal.Shape;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.postgres.wire.WireSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A schema or database, with its mount and its pool, that serves all rounds of a sweep: before each round its rows and sequences
 * are what they were, and its connections are open and well.
 *
 * <p>Rows of tables, partitions and materialized views, and the positions of sequences are kept in memory, 50,000 rows at most,
 * and only what a round has changed is taken back; then all is compared. A sequence of which sessions take values ahead ({@code
 * CACHE}) is not set back. Definitions are watched: where a round changed one, a space must be made anew. What is not kept:
 * large objects, rights, comments, foreign tables.
 *
 * <pre>{@code
 * try (SweptSpace space = SweptSpace.of("transfer", mount, admin, path, List.of(schema.name()))) {
 *     space.fills(pool);
 *     space.begin(false);
 * }
 * }</pre>
 *
 * <p>For one thread at a time. It closes neither mount nor pool.
 *
 * @since 0.1
 */
public final class SweptSpace implements AutoCloseable {

    /** More than a test takes from a sequence in a round. */
    private static final Duration BEHIND_LINKS = Duration.ofSeconds(2);

    private static final long PAUSE_NANOS = 1_000_000;

    private static final long SHIFT = 1_000;

    private final String who;
    private final WireMount wire;
    private final Desk desk;
    private final BaseImage base;
    private final Sessions sessions;
    /** Why its tables are not compared; null if they are. */
    private final @Nullable String whyNot;

    private final boolean isOnlyWatched;
    private @Nullable FilledPool pool;
    /** The numbers of the sessions that were open before the test method. */
    private Set<Long> open = Set.of();

    private SweptSpace(
            String who,
            WireMount wire,
            Desk desk,
            BaseImage base,
            Sessions sessions,
            boolean isOnlyWatched,
            @Nullable String whyNot) {
        this.who = who;
        this.wire = wire;
        this.desk = desk;
        this.base = base;
        this.sessions = sessions;
        this.isOnlyWatched = isOnlyWatched;
        this.whyNot = whyNot;
    }

    /**
     * Reads what is there now, which is what each round will find.
     *
     * @param who what messages call the one whose rounds they are: the test's name
     * @param wire the seam of the DataSource
     * @param admin connects past the seam, to the same database; its role may write to the tables. One connection is
     *     kept, which only reads but for what it sets back
     * @param searchPath where tables are found, as the sessions of the DataSource find them; quoted
     * @param schemas those that are kept, as the catalog has them
     * @throws ChaosException if they can't be read, or have too many rows
     */
    public static SweptSpace of(String who, WireMount wire, DataSource admin, String searchPath, List<String> schemas) {
        Desk desk = new Desk(admin, searchPath);
        try {
            BaseImage base = BaseImage.read(desk, schemas);
            return new SweptSpace(who, wire, desk, base, Sessions.of(who, wire, desk, admin), false, whyNot(base));
        } catch (SQLException e) {
            desk.close();
            throw unreadable(who, e);
        } catch (ChaosException e) {
            desk.close();
            throw e;
        }
    }

    private static @Nullable String whyNot(BaseImage base) {
        return base.shape().tables().isEmpty()
                ? "the test has none of its own; use @IsolatedSchema or @IsolatedDatabase"
                : null;
    }

    /**
     * Reads what there is for one round whose data others put back, or nobody: what is its own server's, or a shared pool's. So
     * {@link #begin} is not called, no pool is filled, and who holds a connection is somebody else's question.
     *
     * @param who what messages call the one whose round it is: the test's name
     * @param wire the seam of the DataSource
     * @param admin connects past the seam, to the same database
     * @param searchPath where tables are found, as the sessions of the DataSource find them; quoted
     * @param schemas those that are looked at, as the catalog has them. With too many rows they are not, and the judge says so
     */
    public static SweptSpace watching(
            String who, WireMount wire, DataSource admin, String searchPath, List<String> schemas) {
        Desk desk = new Desk(admin, searchPath);
        try {
            Sessions sessions = Sessions.of(who, wire, desk, admin);
            try {
                BaseImage base = BaseImage.read(desk, schemas);
                return new SweptSpace(who, wire, desk, base, sessions, true, whyNot(base));
            } catch (ChaosException tooMany) {
                BaseImage nothing = BaseImage.read(desk, List.of());
                return new SweptSpace(who, wire, desk, nothing, sessions, true, "they have too many rows to be kept");
            }
        } catch (SQLException e) {
            desk.close();
            throw unreadable(who, e);
        }
    }

    /** Why its tables are not compared; empty if they are. */
    Optional<String> whyNot() {
        return Optional.ofNullable(whyNot);
    }

    private static ChaosException unreadable(String who, SQLException e) {
        return new ChaosException(
                "The tables of the sweep \"" + who
                        + "\" must be readable and writable for the role that made them, but "
                        + "the database answered " + e.getSQLState()
                        + ". Check that the server runs; see the cause.",
                e);
    }

    /**
     * Has this pool filled now and before each round, and its leaked connections told and closed behind it.
     *
     * @throws ChaosException if it gives no connection
     */
    public void fills(DataSource dataSource) {
        FilledPool filled = new FilledPool(dataSource, PoolMount.of(dataSource));
        pool = filled;
        ask(() -> {
            filled.fill(wire::backends);
            return filled;
        });
    }

    /**
     * Makes all as it was, before anything of the next round runs. No round may be armed.
     *
     * @param shifted whether sequences are to give other values this time, and a pool other sessions
     * @return whether it is; if not, a definition was changed, or the role may not undo what was done, and a new space must be
     *     made
     */
    public boolean begin(boolean shifted) {
        return ask(() -> {
            sessions.settle();
            if (!base.restore()) {
                return false;
            }
            if (shifted) {
                base.shiftSequences(SHIFT);
                if (pool != null) {
                    pool.renew();
                }
            }
            if (pool != null) {
                pool.fill(wire::backends);
            }
            return true;
        });
    }

    /** The test method is about to run: what is open now is none of its business. */
    void methodBegins() {
        if (pool != null) {
            pool.use();
            pool.watch();
        }
        open = numbers(wire.sessions().stream().filter(WireSession::isOpen));
    }

    /** Those that the test method has opened, and that are open. */
    private Stream<WireSession> opened() {
        return wire.sessions().stream().filter(each -> each.isOpen() && !open.contains(each.number()));
    }

    /** A client behind a link has closed its end before the link hears of it; nobody knows who opened it. */
    private void awaitEndsBehindLinks() {
        long end = System.nanoTime() + BEHIND_LINKS.toNanos();
        while (System.nanoTime() - end < 0
                && opened().anyMatch(each -> each.openedBy().isEmpty())) {
            LockSupport.parkNanos(PAUSE_NANOS); // the client does not tell when it closes
        }
    }

    private static Set<Long> numbers(Stream<WireSession> some) {
        return some.map(WireSession::number).collect(Collectors.toUnmodifiableSet());
    }

    /** What this round's sessions and borrowers have left, one line each, and ends it; sets nothing back. */
    List<String> left() {
        List<String> lines = new ArrayList<>();
        if (isOnlyWatched) {
            return ask(() -> told(lines));
        }
        if (pool != null) {
            pool.left().forEach(each -> lines.add("left     : " + each + " that was not given back"));
        } else {
            leftOpen().forEach(each -> lines.add("left     : " + each + " that was not closed"));
        }
        ask(() -> {
            told(lines);
            if (pool != null) { // here, so that a round which loses connections pays for them, and not the next one
                pool.fill(wire::backends);
                pool.temporary().forEach(each -> lines.add("left     : " + each));
            }
            return lines;
        });
        return lines;
    }

    private List<String> told(List<String> lines) throws SQLException {
        sessions.settle().forEach(each -> lines.add("left     : " + each.what()));
        return lines;
    }

    private List<String> leftOpen() {
        awaitEndsBehindLinks();
        List<String> left = opened().map(each -> "a connection"
                        + each.openedBy().map(by -> " that was opened by " + by).orElse(""))
                .toList();
        if (!left.isEmpty() && open.isEmpty()) {
            wire.closeConnections();
        }
        return left;
    }

    /** What is there now; empty if definitions were changed. */
    Optional<Image> look() {
        return ask(base::look);
    }

    Shape shape() {
        return base.shape();
    }

    Desk desk() {
        return desk;
    }

    WireMount wire() {
        return wire;
    }

    private <T> T ask(Reading<T> reading) {
        try {
            return reading.read();
        } catch (SQLException e) {
            throw unreadable(who, e);
        }
    }

    /** Something that is asked of the database. */
    private interface Reading<T> {
        T read() throws SQLException;
    }

    /** Ends its own connection. Twice is harmless. */
    @Override
    public void close() {
        desk.close();
    }

    @Override
    public String toString() {
        return "space of sweep " + who;
    }
}
