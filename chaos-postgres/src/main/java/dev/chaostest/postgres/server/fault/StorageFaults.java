// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import dev.chaostest.Injection;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.server.fault.internal.ActiveFaults;
import dev.chaostest.postgres.server.fault.internal.Admin;
import dev.chaostest.postgres.server.fault.internal.FlippedByte;
import dev.chaostest.postgres.server.fault.internal.LostFile;
import dev.chaostest.postgres.server.fault.internal.Recovery;
import dev.chaostest.postgres.server.fault.internal.ShortFile;
import dev.chaostest.postgres.server.fault.internal.Table;

/**
 * Damages the files of tables.
 *
 * <p>Made by {@link ServerFaults#storage}. A table is named as in SQL, with its schema, and has rows. While its file is
 * damaged, the code under test should only read it: what it writes there is lost when the file comes back.
 *
 * <pre>{@code
 * try (Injection corrupt = faults.storage("postgres").corrupt("bank.account", 0)) {
 *     assertThatThrownBy(() -> bank.total()).extracting("SQLState").isEqualTo("XX001");
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class StorageFaults {
    private final ActiveFaults faults;
    private final Admin admin;
    private final Recovery recovery;

    StorageFaults(ActiveFaults faults, String database) {
        this.faults = faults;
        this.admin = new Admin(faults.server(), database);
        this.recovery = new Recovery(faults.server(), faults.scope().time());
    }

    /**
     * Takes the first file of a table away, as an administrator does who cleans up too much.
     *
     * <p>Restarts the server: sessions see 57P01 once. Who reads or writes the table sees 58P01.
     *
     * @param table as in SQL
     * @return closing it brings the file back, without a restart
     * @throws dev.chaostest.plan.ChaosException if there is no such table, or it has no rows
     */
    public Injection lose(String table) {
        Table found = Table.find(admin, table);
        return faults.strike("lose the file of " + found.name(), Reach.SERVER, new LostFile(found, recovery));
    }

    /**
     * Cuts the first file of a table, as a crashed file system does.
     *
     * <p>Restarts the server: sessions see 57P01 once. Then <em>nobody sees an error</em>: the rows are missing, and what an
     * index says about them is wrong.
     *
     * @param table as in SQL
     * @param blocksLeft how many pages of 8 kB stay, from 0 to one less than it has
     * @return closing it brings the whole file back, and restarts the server once more
     * @throws dev.chaostest.plan.ChaosException if there is no such table, it has no rows, or not more blocks
     */
    public Injection truncate(String table, long blocksLeft) {
        Table found = Table.find(admin, table);
        return faults.strike(
                "cut the file of " + found.name() + " to " + blocksLeft + " blocks",
                Reach.SERVER,
                new ShortFile(found, blocksLeft, recovery).require());
    }

    /**
     * Changes a byte of a page on the disk.
     *
     * <p>Who reads the page sees XX001; {@code pg_stat_database.checksum_failures} counts it. Up to PostgreSQL 16 the server
     * is restarted, so that it forgets the page: sessions see 57P01 once. The table is vacuumed and frozen before.
     *
     * @param table as in SQL
     * @param block which page, from 0
     * @return closing it changes the byte back
     * @throws dev.chaostest.plan.ChaosException if there is no such table, or no such block, or the server has no checksums:
     *     see {@link dev.chaostest.postgres.server.ServerOptions#withChecksums}
     */
    public Injection corrupt(String table, long block) {
        Table found = Table.find(admin, table);
        FlippedByte act = new FlippedByte(found, block, recovery).require();
        return faults.strike(
                "corrupt block " + block + " of " + found.name(), act.isOnline() ? Reach.DATABASE : Reach.SERVER, act);
    }
}
