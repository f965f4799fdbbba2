// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A table of accounts in a schema of its own, and a seam to it. */
public final class WireFixture implements AutoCloseable {

    private final WireMount wire = WireMount.twinOf("bank");
    private final MountedBy mountedBy;
    private final String schema = wire.key().replace('-', '_');

    /** Mounted in this process, under the driver. */
    public WireFixture() throws SQLException {
        this(WireTestServer::through);
    }

    /** Mounted in another way. */
    public WireFixture(MountedBy mountedBy) throws SQLException {
        this.mountedBy = mountedBy;
        try (Connection direct = WireTestServer.direct()) {
            WireTestServer.run(direct, "CREATE SCHEMA IF NOT EXISTS " + schema);
            WireTestServer.run(direct, "DROP TABLE IF EXISTS " + schema + ".account");
            WireTestServer.run(
                    direct, "CREATE TABLE " + schema + ".account (id int PRIMARY KEY, balance int NOT NULL)");
            WireTestServer.run(
                    direct, "INSERT INTO " + schema + ".account SELECT n, 1000 FROM generate_series(1, 9) n");
        }
    }

    public WireMount wire() {
        return wire;
    }

    public String schema() {
        return schema;
    }

    public Connection connect(String... settings) throws SQLException {
        String[] all = java.util.Arrays.copyOf(settings, settings.length + 2);
        all[settings.length] = "currentSchema";
        all[settings.length + 1] = schema;
        return mountedBy.connect(wire, all);
    }

    /** Reads past the seam. */
    public int balance(int id) throws SQLException {
        try (Connection direct = WireTestServer.direct()) {
            return Integer.parseInt(
                    WireTestServer.read(direct, "SELECT balance FROM " + schema + ".account WHERE id = " + id));
        }
    }

    public Armed arm(Rule... rules) {
        Round round = new Round("test", Plan.of(new Seed(7), rules), TimeSource.system());
        return new Armed(round, wire.mount().arm(round));
    }

    @Override
    public void close() throws SQLException {
        mountedBy.close();
        wire.close();
        try (Connection direct = WireTestServer.direct()) {
            WireTestServer.run(direct, "DROP SCHEMA " + schema + " CASCADE");
        }
    }

    /** How a connection comes to pass a seam. */
    @FunctionalInterface
    public interface MountedBy extends AutoCloseable {
        Connection connect(WireMount wire, String... settings) throws SQLException;

        @Override
        default void close() {}
    }

    /** An armed round. */
    public record Armed(Round round, Mount.Arming arming) implements AutoCloseable {

        public List<LedgerEntry.Fired> fired() {
            return round.ledger().entries(LedgerEntry.Fired.class);
        }

        public List<String> answers() {
            return round.ledger().entries(LedgerEntry.Answered.class).stream()
                    .map(LedgerEntry.Answered::answer)
                    .toList();
        }

        public long hits(String site) {
            return round.decisions().seen().getOrDefault(new Site("sql", site), 0L);
        }

        @Override
        public void close() {
            arming.close();
            round.end();
        }
    }
}
