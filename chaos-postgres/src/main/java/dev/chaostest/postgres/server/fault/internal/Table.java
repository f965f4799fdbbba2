// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A table and its first file.
 *
 * @param name quoted by the server
 * @param blocks how many it has now
 */
public record Table(Admin admin, String name, Path file, long blocks) {
    static final int BLOCK_BYTES = 8192;

    private static final long BLOCKS_OF_A_FILE = (1L << 30) / BLOCK_BYTES;

    /** Nothing but the pages of the table itself may answer. */
    private static final Pattern STATEMENTS = Pattern.compile(";");

    private static final String READ_ALL = "SET enable_indexonlyscan = off; SET enable_indexscan = off;"
            + " SET enable_bitmapscan = off; SET max_parallel_workers_per_gather = 0; SELECT count(*) FROM ";

    /**
     * Finds it.
     *
     * @param text as it would be written in SQL: {@code bank.account}
     * @throws ChaosException if there is none, or it has no rows
     */
    public static Table find(Admin admin, String text) {
        try (Connection connection = admin.connect()) {
            List<String> found = Admin.values(
                    connection,
                    "SELECT c.oid::regclass::text FROM pg_class c WHERE c.oid = to_regclass(?) AND c.relkind IN ('r', 'm')",
                    text);
            if (found.isEmpty()) {
                throw missing(admin, text, "there is none with this name");
            }
            String name = found.get(0);
            String path = one(connection, "SELECT pg_relation_filepath(?::regclass)", name);
            long blocks = Long.parseLong(one(connection, "SELECT (pg_relation_size(?::regclass) / 8192)::text", name));
            if (blocks == 0) {
                throw missing(admin, text, "it is empty");
            }
            return new Table(admin, name, admin.server().dataDirectory().resolve(path), blocks);
        } catch (SQLException e) {
            throw missing(admin, text, "the server answered " + e.getSQLState());
        }
    }

    private static ChaosException missing(Admin admin, String text, String found) {
        return new ChaosException("A table whose file is damaged must be in database " + admin.database()
                + " and have rows, but for \"" + text + "\" " + found
                + ". Name it as in SQL, with its schema: \"bank.account\".");
    }

    private static String one(Connection connection, String sql, String parameter) throws SQLException {
        return Admin.values(connection, sql, parameter).get(0);
    }

    /** The file that a block is in. */
    Path fileOf(long block) {
        long segment = block / BLOCKS_OF_A_FILE;
        return segment == 0 ? file : file.resolveSibling(file.getFileName() + "." + segment);
    }

    /** Where in its file a block begins. */
    static long offsetOf(long block) {
        return block % BLOCKS_OF_A_FILE * BLOCK_BYTES;
    }

    /** Reads every page; answers how many rows they have. */
    String read() throws SQLException {
        try (Connection connection = admin.connect()) {
            return read(connection);
        }
    }

    String read(Connection connection) throws SQLException {
        List<String> parts = STATEMENTS.splitAsStream(READ_ALL + name).toList();
        for (String setting : parts.subList(0, parts.size() - 1)) {
            Admin.run(connection, setting);
        }
        return Admin.values(connection, parts.get(parts.size() - 1)).get(0);
    }

    /** What reading every page fails with, or "success". */
    String state() {
        try {
            read();
            return "success";
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }

    /** Looks that a damage shows, or does not any more. */
    void requireState(String expected) {
        String seen = state();
        if (!seen.equals(expected)) {
            throw new ChaosException("To read " + name + " must end with " + expected + ", but ended with " + seen
                    + ". See the server's log:\n" + admin.server().logTail());
        }
    }
}
