// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A DataSource of somebody else's behind a gate. Its connections are handed on as they are. */
public final class GatedSource extends DelegatingSource implements Gated {

    private final DataSource source;
    private final Gate gate;

    public GatedSource(DataSource source) {
        super(source);
        this.source = source;
        this.gate = new Gate(backing(source::getConnection));
    }

    /** With HikariCP below, at whatever depth, its time-out and its words are used. */
    private Backing backing(Backing.Way way) {
        return HikariPresence.isPresent() ? HikariSource.backing(source, way).orElseGet(() -> plain(way)) : plain(way);
    }

    private Backing plain(Backing.Way way) {
        return new PlainBacking("the DataSource " + source.getClass().getName(), way);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return gate.acquire();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return gate.acquire(backing(() -> source.getConnection(user, password)));
    }

    @Override
    public Gate gate() {
        return gate;
    }

    @Override
    public String toString() {
        return source.toString();
    }
}
