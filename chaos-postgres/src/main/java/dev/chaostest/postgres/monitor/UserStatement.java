// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.internal.Secrets;

/** What a session's user has it do, as the server shows it: without secrets, and without what the wire seam asks behind it. */
final class UserStatement {

    /** In the seam's question for the number of a transaction. */
    private static final String OURS =
            "/* chaostest */ pg_catalog.pg_current_xact_id_if_assigned() AS chaos_transaction_number";

    private static final String BEHIND = "\n;SELECT " + OURS;

    private UserStatement() {}

    static String of(String shown) {
        if (!shown.contains(OURS)) {
            return Secrets.takenOutOf(shown);
        }
        int end = shown.indexOf(BEHIND);
        return end < 0 ? "(a statement that was asked about)" : Secrets.takenOutOf(shown.substring(0, end));
    }
}
