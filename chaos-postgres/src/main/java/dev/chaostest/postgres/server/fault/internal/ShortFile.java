// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;

/** Cuts the first file of a table, while the server is stopped, and brings back what it was. */
public record ShortFile(Table table, long blocksLeft, Recovery recovery) implements Act {

    /** Refuses what would cut nothing. */
    public ShortFile require() {
        if (blocksLeft < 0 || blocksLeft >= table.blocks()) {
            throw new ChaosException("The blocks that are left of " + table.name() + " must be 0 to "
                    + (table.blocks() - 1) + ", but were " + blocksLeft + ". It has " + table.blocks() + " now.");
        }
        if (Files.exists(kept())) {
            throw new ChaosException("The file of " + table.name() + " must be whole to be cut, but it is cut already."
                    + " Close that fault first.");
        }
        return this;
    }

    private Path kept() {
        return table.file().resolveSibling("chaostest-kept-" + table.file().getFileName());
    }

    @Override
    public Undo strike() throws IOException, SQLException {
        PostgresServer server = table.admin().server();
        Path kept = kept();
        String before = table.read();
        server.stop(StopMode.FAST);
        try {
            keep(kept);
            cut();
            server.start();
            requireLess(before);
        } catch (SQLException | IOException | RuntimeException e) {
            back(kept);
            throw e;
        }
        return () -> back(kept);
    }

    /** All of it or nothing: what is kept is put in the place of the table later. Its owner stays, who may be another than we. */
    private void keep(Path kept) throws IOException {
        Path half = kept.resolveSibling(kept.getFileName() + "-half");
        try {
            Files.copy(table.file(), half, StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(half, kept);
        } finally {
            Files.deleteIfExists(half);
        }
    }

    private void cut() throws IOException {
        try (FileChannel channel = FileChannel.open(table.file(), StandardOpenOption.WRITE)) {
            channel.truncate(blocksLeft * Table.BLOCK_BYTES);
        }
    }

    private void requireLess(String before) throws SQLException {
        if (table.read().equals(before)) {
            throw new ChaosException("Rows of " + table.name() + " must be missing, but all " + before
                    + " are there. Leave fewer blocks.");
        }
    }

    private String back(Path kept) throws IOException, SQLException {
        PostgresServer server = table.admin().server();
        if (server.isClosed()) {
            return "the server is closed";
        }
        server.stop(StopMode.FAST);
        if (Files.exists(kept)) { // else there was no room for it, and nothing was cut
            Files.move(kept, table.file(), StandardCopyOption.REPLACE_EXISTING);
        }
        String seen = recovery.await();
        return table.name() + " has " + table.read() + " rows again, " + seen;
    }
}
