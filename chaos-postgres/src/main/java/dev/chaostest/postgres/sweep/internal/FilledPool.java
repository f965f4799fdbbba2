// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.pool.PoolNumbers;
import dev.chaostest.postgres.pool.internal.HikariPresence;
import dev.chaostest.postgres.pool.internal.HikariSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool that has as many good connections before each round as any round has needed at once: a round meets a connect only where
 * its code needs one more, and no connection that the last round has killed. Not for use by many threads.
 */
public final class FilledPool {

    private static final Logger LOG = LoggerFactory.getLogger(FilledPool.class);
    private static final int ALIVE_SECONDS = 10;

    private final DataSource pool;
    private final PoolMount seam;
    private final OwnTemporary temporary = new OwnTemporary();
    private int wanted = 1;
    /** The sessions that were well when they were last looked at. */
    private List<Integer> good = List.of();

    private Supplier<List<String>> leaks = List::of;

    public FilledPool(DataSource pool, PoolMount seam) {
        this.pool = pool;
        this.seam = seam;
    }

    /**
     * Borrows all, looks whether they live, and gives them back.
     *
     * @param sessions those that are open now: where they are the same as the last time, nothing need be done
     */
    public void fill(Supplier<List<Integer>> sessions) throws SQLException {
        if (!good.isEmpty() && good.equals(sessions.get())) {
            return;
        }
        wanted = Math.max(wanted, total());
        List<Connection> lent = new ArrayList<>();
        try {
            int attempts = 2 * wanted;
            while (lent.size() < wanted && attempts-- > 0) {
                Connection connection = pool.getConnection();
                if (connection.isValid(ALIVE_SECONDS)) {
                    lent.add(connection);
                    temporary.look(connection);
                } else {
                    giveBack(connection); // the pool has noticed, and does not keep it
                }
            }
        } finally {
            lent.forEach(FilledPool::giveBack);
        }
        good = sessions.get();
    }

    /** Has it filled with other sessions the next time, so that what tells sessions apart, such as their pid, differs. */
    public void renew() throws SQLException {
        wanted = Math.max(wanted, total());
        good = List.of();
        if (HikariPresence.isPresent()) {
            HikariSource.evictIdle(pool);
        }
    }

    /** A round begins: what becomes of the connections now has to be looked at behind it. */
    public void use() {
        temporary.use();
        good = List.of();
    }

    /** From now on, who does not give back has left something. */
    public void watch() {
        leaks = seam.watchLeaks();
    }

    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection that is no good could not be closed", e);
        }
    }

    private int total() {
        return seam.numbers().map(PoolNumbers::total).orElse(1);
    }

    /** The temporary relations that were found when it was filled, one for each, and dropped, where nobody else can find them. */
    public List<String> temporary() {
        return temporary.takeLeft();
    }

    /** Who has not given back, one sentence for each place; what they have is closed. */
    public List<String> left() {
        List<String> left = leaks.get();
        if (!left.isEmpty()) {
            seam.closeLent();
        }
        return left;
    }
}
