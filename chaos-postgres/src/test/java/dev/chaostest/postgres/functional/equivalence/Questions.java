// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a seam asks the server about transactions on one connection, in one write with what the client sends. */
final class Questions {

    private static final String NAME = "chaos_number_";
    private static final String SQL =
            "SELECT /* chaostest */ pg_catalog.pg_current_xact_id_if_assigned() AS chaos_transaction_number";
    private static final String BEHIND = "\n;" + SQL;

    private boolean ours;

    /** Whether the message is part of such a question; it may have a Flush of its own. */
    boolean isPart(char type, ByteBuffer body) {
        boolean named = isNamed(type, StandardCharsets.UTF_8.decode(body).toString());
        boolean flushes = ours && type == 'H';
        ours = named;
        return named || flushes;
    }

    private static boolean isNamed(char type, String text) {
        return switch (type) {
            case 'P', 'B', 'E' -> text.startsWith(NAME);
            case 'C' -> text.startsWith(NAME, 1);
            case 'Q' -> text.startsWith(SQL);
            default -> false;
        };
    }

    /** The query string as the client sent it. */
    static String without(String sql) {
        int at = sql.indexOf(BEHIND);
        return at < 0 ? sql : sql.substring(0, at);
    }
}
