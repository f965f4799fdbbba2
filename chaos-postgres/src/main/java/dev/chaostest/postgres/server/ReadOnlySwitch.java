// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.server.internal.ReadOnly;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes a server of ours, or one of its databases, read-only, and back: what an application meets while a fail-over leads it
 * to a standby.
 *
 * <p>{@link #server}: every session, those that are open too, sees 25006 when it writes in its next transaction. {@link
 * #database}: the sessions of that database end (57P01), and new ones see 25006; closing ends those as well, since they would
 * stay read-only. Reading goes on, and so does writing to temporary tables; what asks for READ WRITE by itself gets it, which
 * a standby would refuse. Other databases are not affected by the latter.
 *
 * <p>Only a {@link PostgresServer} can be switched: it is one that the library started.
 *
 * <pre>{@code
 * try (ReadOnlySwitch failover = ReadOnlySwitch.server(scope, server)) {
 *     assertThatThrownBy(() -> service.transfer(1, 2, 100)).hasRootCauseInstanceOf(SQLException.class);
 * }
 * service.transfer(1, 2, 100);
 * }</pre>
 *
 * <p>Closing looks that new sessions may write. Safe for use by many threads. Source: PostgreSQL documentation, {@code
 * default_transaction_read_only}.
 *
 * @since 0.1
 */
public final class ReadOnlySwitch implements Injection {

    private final PostgresServer server;
    private final ReadOnly readOnly;
    private final ChaosScope scope;
    private final LedgerEntry.@Nullable Commanded commanded;
    private final ReentrantLock closing = new ReentrantLock();
    private volatile boolean active;

    private ReadOnlySwitch(
            PostgresServer server, ReadOnly readOnly, ChaosScope scope, LedgerEntry.@Nullable Commanded commanded) {
        this.server = server;
        this.readOnly = readOnly;
        this.scope = scope;
        this.commanded = commanded;
        this.active = commanded != null;
    }

    /**
     * Makes all of a server read-only. In a dry run, nothing is done.
     *
     * @param scope whose end, at the latest, switches it back; the ledger tells of both
     * @param server one of ours
     * @throws ChaosException if it does not become read-only within 10 s
     */
    public static ReadOnlySwitch server(ChaosScope scope, PostgresServer server) {
        return on(scope, server, ReadOnly.ofServer(server.jdbcUrl(), server.port()), Reach.SERVER);
    }

    /**
     * Makes one database read-only. In a dry run, nothing is done.
     *
     * @param scope whose end, at the latest, switches it back; the ledger tells of both
     * @param server one of ours
     * @param database its name, as it is written in the catalogue
     * @throws ChaosException if there is no such database, or if it does not become read-only within 10 s
     */
    public static ReadOnlySwitch database(ChaosScope scope, PostgresServer server, String database) {
        return on(
                scope,
                server,
                ReadOnly.ofDatabase(server.jdbcUrl(), server.jdbcUrl(database), database),
                Reach.DATABASE);
    }

    private static ReadOnlySwitch on(ChaosScope scope, PostgresServer server, ReadOnly readOnly, Reach reach) {
        scope.requireFaultsAllowed();
        if (scope.dryRun().isPresent()) {
            scope.ledger().noted("dry run: would have made " + readOnly.name() + " read-only");
            return new ReadOnlySwitch(server, readOnly, scope, null);
        }
        try {
            readOnly.begin();
        } catch (SQLException e) {
            throw undone(readOnly, failed(readOnly, "become read-only", e));
        } catch (ChaosException late) {
            throw undone(readOnly, late);
        }
        ReadOnlySwitch switched = new ReadOnlySwitch(
                server, readOnly, scope, scope.ledger().commanded("make " + readOnly.name() + " read-only", reach));
        return scope.own("the read-only switch of " + readOnly.name(), switched);
    }

    @Override
    public boolean isActive() {
        return active;
    }

    /**
     * Lets it be written to again.
     *
     * @throws ChaosException if that is not so within 10 s; closing again tries again
     */
    @Override
    public void close() {
        closing.lock();
        try {
            LedgerEntry.Commanded done = commanded;
            if (active && done != null) {
                String how = healed();
                active = false;
                scope.ledger().healed(done, how);
            }
        } catch (SQLException e) {
            throw failed(readOnly, "accept writes again", e);
        } finally {
            closing.unlock();
        }
    }

    private String healed() throws SQLException {
        if (server.isClosed()) {
            return "the server is closed";
        }
        readOnly.end();
        return readOnly.name() + " accepts writes again";
    }

    /** What was begun may be half done. */
    private static ChaosException undone(ReadOnly readOnly, ChaosException why) {
        try {
            readOnly.end();
        } catch (SQLException | ChaosException notThere) {
            why.addSuppressed(notThere);
        }
        return why;
    }

    private static ChaosException failed(ReadOnly readOnly, String must, SQLException e) {
        return new ChaosException(
                readOnly.name() + " must " + must + ", but answered " + e.getSQLState()
                        + ". Check that it is there and takes connections; see the cause.",
                e);
    }

    @Override
    public String toString() {
        return readOnly.name() + (active ? " is read-only" : " accepts writes");
    }
}
