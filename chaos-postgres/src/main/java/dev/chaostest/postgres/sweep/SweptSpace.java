// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.monitor.Residue;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.sweep.internal.BaseImage;
import dev.chaostest.postgres.sweep.internal.Desk;
import dev.chaostest.postgres.sweep.internal.FilledPool;
import dev.chaostest.postgres.sweep.internal.Image;
import dev.chaostest.postgres.sweep.internal.Sessions;
import dev.chaostest.postgres.sweep.internal.Shape;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * try (SweptSpace space = SweptSpace.of("transfer", mount, admin, schema.driverProperties().get("currentSchema"),
 *         List.of(schema.name()))) {
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
    private static final long SHIFT = 1_000;

    private final String who;
    private final WireMount wire;
    private final Desk desk;
    private final BaseImage base;
    private final Sessions sessions;
    private @Nullable FilledPool pool;

    private SweptSpace(String who, WireMount wire, Desk desk, BaseImage base, Sessions sessions) {
        this.who = who;
        this.wire = wire;
        this.desk = desk;
        this.base = base;
        this.sessions = sessions;
    }

    /**
     * Reads what is there now, which is what each round will find.
     *
     * @param who what messages call the one whose rounds they are: the test's name
     * @param wire the seam of the DataSource
     * @param admin connects past the seam, to the same database; its role may write to the tables. One connection is kept
     * @param searchPath where tables are found, as the sessions of the DataSource find them; quoted
     * @param schemas those that are kept, as the catalog has them
     * @throws ChaosException if they can't be read, or have too many rows
     */
    public static SweptSpace of(String who, WireMount wire, DataSource admin, String searchPath, List<String> schemas) {
        Desk desk = new Desk(admin, searchPath);
        try {
            return new SweptSpace(who, wire, desk, BaseImage.read(desk, schemas), Sessions.of(who, wire, desk, admin));
        } catch (SQLException e) {
            desk.close();
            throw unreadable(who, e);
        } catch (ChaosException e) {
            desk.close();
            throw e;
        }
    }

    private static ChaosException unreadable(String who, SQLException e) {
        return new ChaosException(
                "The tables of the sweep \"" + who
                        + "\" must be readable and writable for the role that made them, but "
                        + "the database answered " + e.getSQLState()
                        + ". Check that the server runs; see the cause.",
                e);
    }

    /** Has this pool filled before each round, and its leaked connections told and closed behind it. */
    public void fills(DataSource dataSource) {
        pool = new FilledPool(dataSource, PoolMount.of(dataSource));
    }

    /**
     * Makes all as it was, before anything of the next round runs. No round may be armed.
     *
     * @param shifted whether sequences are to give other values this time
     * @return whether it is; if not, a definition was changed, or the role may not undo what was done, and a new space must be
     *     made
     */
    public boolean begin(boolean shifted) {
        try {
            sessions.settle();
            if (!base.restore()) {
                return false;
            }
            if (shifted) {
                base.shiftSequences(SHIFT);
            }
            if (pool != null) {
                pool.fill();
            }
            return true;
        } catch (SQLException e) {
            throw unreadable(who, e);
        }
    }

    /** What this round's sessions and borrowers have left, one line each, and ends it; sets nothing back. */
    List<String> left() {
        List<String> lines = new ArrayList<>();
        try {
            if (pool != null) {
                pool.left().forEach(each -> lines.add("left     : " + each + " that was not given back"));
            } else {
                wire.leftOpen().forEach(each -> lines.add("left     : " + each + " that was not closed"));
                wire.closeConnections();
            }
            for (Residue each : sessions.settle()) {
                lines.add("left     : " + each.what());
            }
            return lines;
        } catch (SQLException e) {
            throw unreadable(who, e);
        }
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
