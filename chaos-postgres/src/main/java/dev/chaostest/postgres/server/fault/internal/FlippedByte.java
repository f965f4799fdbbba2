// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;

/** Changes the last byte of a page on the disk, where its checksum tells. */
public record FlippedByte(Table table, long block, Recovery recovery) implements Act {
    private static final String DATA_CORRUPTED = "XX001";
    private static final int FIRST_WITH_EVICTION = 17;

    /** Refuses a page that is not there, or that nobody would notice. */
    public FlippedByte require() {
        if (block < 0 || block >= table.blocks()) {
            throw new ChaosException("The block of " + table.name() + " that is corrupted must be 0 to "
                    + (table.blocks() - 1) + ", but was " + block + ". It has " + table.blocks() + " now.");
        }
        try {
            if (!table.admin().values("SHOW data_checksums").contains("on")) {
                throw new ChaosException("The server on port " + server().port() + " must have checksums to notice a"
                        + " corrupted page, but has none. Start it with ServerOptions.withChecksums().");
            }
            return this;
        } catch (SQLException e) {
            throw new ChaosException(
                    "The server on port " + server().port() + " must say whether it has checksums, but it answered "
                            + e.getSQLState() + ". Heal what keeps it from answering first.",
                    e);
        }
    }

    /** Whether it does without a restart. */
    public boolean isOnline() {
        return server().majorVersion() >= FIRST_WITH_EVICTION;
    }

    private PostgresServer server() {
        return table.admin().server();
    }

    @Override
    public Undo strike() throws IOException, SQLException {
        settle();
        if (isOnline()) {
            flip();
            orFlipBack(() -> {
                evict();
                table.requireState(DATA_CORRUPTED);
            });
            return this::mend;
        }
        server().stop(StopMode.FAST);
        try {
            flip();
        } catch (IOException e) {
            server().start();
            throw e;
        }
        orFlipBack(() -> {
            server().start();
            table.requireState(DATA_CORRUPTED);
        });
        return this::mend;
    }

    /** What remains to be done once the byte is another. */
    @FunctionalInterface
    private interface Rest {
        void run() throws SQLException;
    }

    private void orFlipBack(Rest rest) throws IOException, SQLException {
        try {
            rest.run();
        } catch (SQLException | RuntimeException e) {
            flip();
            server().start();
            throw e;
        }
    }

    /** Otherwise the next reader's notes would have the page written again, and the damage with it. */
    private void settle() throws SQLException {
        try (Connection connection = table.admin().connect()) {
            Admin.run(connection, "VACUUM (FREEZE) " + table.name());
            table.read(connection);
            Admin.run(connection, "CHECKPOINT");
        }
    }

    private void flip() throws IOException {
        long position = Table.offsetOf(block) + Table.BLOCK_BYTES - 1;
        ByteBuffer one = ByteBuffer.allocate(1);
        try (FileChannel channel =
                FileChannel.open(table.fileOf(block), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.read(one, position);
            one.put(0, (byte) (one.get(0) ^ 0xff)).rewind();
            channel.write(one, position);
        }
    }

    /** From the server's memory. The extension that can do it is there only until the rollback. */
    private void evict() throws SQLException {
        try (Connection connection = table.admin().connect()) {
            connection.setAutoCommit(false);
            Admin.run(connection, "CREATE EXTENSION IF NOT EXISTS pg_buffercache");
            String schema = Admin.values(
                            connection,
                            "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n"
                                    + " ON n.oid = e.extnamespace WHERE e.extname = 'pg_buffercache'")
                    .get(0);
            Admin.values(
                    connection,
                    "SELECT count(" + schema + ".pg_buffercache_evict(bufferid)) FROM " + schema
                            + ".pg_buffercache b WHERE relfilenode = pg_relation_filenode(?::regclass) AND reldatabase ="
                            + " (SELECT oid FROM pg_database WHERE datname = current_database())",
                    table.name());
            connection.rollback();
        }
    }

    private String mend() throws IOException {
        if (server().isClosed()) {
            return "the server is closed";
        }
        if (!Files.exists(table.fileOf(block))) {
            return table.name() + " was rewritten or dropped, " + recovery.await();
        }
        flip();
        String seen = recovery.await();
        table.requireState("success");
        return table.name() + " is read again, " + seen;
    }
}
