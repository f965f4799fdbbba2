// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a seam asks the server about transactions, in one write with what the client sends. */
final class Questions {

    private static final String NAME = "chaos_number_";
    private static final String SQL = "SELECT pg_catalog.pg_current_xact_id_if_assigned() AS chaos_transaction_number";
    private static final String BEHIND = "\n;" + SQL;

    private Questions() {}

    /** Whether the message is nothing but such a question. */
    static boolean isOne(char type, ByteBuffer body) {
        String text = StandardCharsets.UTF_8.decode(body).toString();
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
