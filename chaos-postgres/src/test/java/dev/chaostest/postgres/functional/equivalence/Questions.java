// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a seam asks the server about transactions on one connection, in one write with what the client sends. */
final class Questions {

    private static final String NAME = "chaos_number_";
    private static final String SQL = "SELECT pg_catalog.pg_current_xact_id_if_assigned() AS chaos_transaction_number";
    private static final String BEHIND = "\n;" + SQL;
    private static final String ENDS = "QFScf";

    private char last = 'Q';
    private boolean ours;

    /** Whether the message is part of such a question; that has a Sync of its own where it begins a cycle. */
    boolean isPart(char type, ByteBuffer body) {
        if (isNamed(type, StandardCharsets.UTF_8.decode(body).toString())) {
            ours = ENDS.indexOf(last) >= 0;
            return true;
        }
        boolean sync = ours && type == 'S';
        ours = false;
        last = sync ? last : type;
        return sync;
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
