// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.postgres.wire.TransactionEnd;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The question for a transaction's number, and its answer: one row with the number, the server's start, and the mark.
 *
 * <p>It assigns no number, takes no lock of the user's tables, and means the system's functions and operators whatever the
 * search path is. In a healthy transaction it fails only where the session's own time-out or a missing right stops it: then that
 * error is what the statement behind it, or the COMMIT, is answered with. Source: PostgreSQL documentation, "System
 * Information Functions", {@code pg_current_xact_id_if_assigned}.
 */
final class NumberQuestion {

    /** More than its row needs. */
    static final int ROW_MAX = 256;

    /** What the first column of the answer is called; nobody else calls one so. */
    private static final String COLUMN = "chaos_transaction_number";

    private static final String NUMBER = "pg_catalog.pg_current_xact_id_if_assigned()";
    private static final String COLUMNS =
            NUMBER + " AS " + COLUMN + ", extract(epoch FROM pg_catalog.pg_postmaster_start_time()), ";

    /** Says in the server's views and logs who asks; not at its begin, where some tools leave a comment out. */
    private static final String SELECT = "SELECT /* chaostest */ ";

    private final String sql;

    /** @param marks the function that leaves a mark, too */
    NumberQuestion(Optional<String> marks) {
        this.sql = marks.map(NumberQuestion::marking).orElse(SELECT + COLUMNS + "NULL");
    }

    /** An INSERT in the question itself would fail wherever a transaction may only read, though nothing is to be written there. */
    private static String marking(String function) {
        return SELECT + COLUMNS + "CASE WHEN " + NUMBER
                + " IS NOT NULL AND pg_catalog.current_setting('transaction_read_only') OPERATOR(pg_catalog.=) 'off' THEN "
                + function + "() END";
    }

    /** As a statement between others, which leaves nothing behind. */
    List<ByteBuffer> messages(String name) {
        return List.of(
                Messages.parse(name, sql),
                Messages.bind(name, name),
                Messages.execute(name),
                Messages.closePortal(name),
                Messages.closeStatement(name));
    }

    /** What those are answered with. */
    static List<Expected> replies() {
        return List.of(
                new Expected(Expected.Kind.PARSE, Expected.Shown.NOTHING, null),
                new Expected(Expected.Kind.BIND, Expected.Shown.NOTHING, null),
                new Expected(Expected.Kind.EXECUTE, Expected.Shown.NUMBER, null),
                new Expected(Expected.Kind.CLOSE, Expected.Shown.NOTHING, null),
                new Expected(Expected.Kind.CLOSE, Expected.Shown.NOTHING, null));
    }

    /** As a message that is answered by itself. */
    ByteBuffer query() {
        return Messages.query(sql);
    }

    /** What that is answered with. */
    static Expected reply() {
        return new Expected(Expected.Kind.QUERY, Expected.Shown.NUMBER, null);
    }

    /** The query string with the question behind it, byte for byte; the line break ends a comment. */
    ByteBuffer behind(ByteBuffer text) {
        byte[] before = new byte[text.remaining() - 1];
        text.duplicate().get(before);
        return Messages.message('Q', before, Messages.text("\n;" + sql));
    }

    /** Whether a client's own result might be taken for the answer. */
    static boolean isLike(String site) {
        return site.contains(COLUMN);
    }

    /** Whether this body of a RowDescription is the question's. */
    static boolean isDescribedBy(ByteBuffer body) {
        return body.remaining() > Short.BYTES
                && Messages.read(body.position(body.position() + Short.BYTES)).equals(COLUMN);
    }

    /** Reads the body of a DataRow; null if it is not the answer. */
    static TransactionEnd.@Nullable Identity read(ByteBuffer row) {
        List<Optional<String>> values = new ArrayList<>();
        int columns = row.remaining() < Short.BYTES ? 0 : row.getShort();
        for (int n = 0; n < columns && row.remaining() >= Integer.BYTES; n++) {
            int length = row.getInt();
            if (length > row.remaining()) {
                return null;
            }
            byte[] value = new byte[Math.max(length, 0)];
            row.get(value);
            values.add(length < 0 ? Optional.empty() : Optional.of(new String(value, StandardCharsets.US_ASCII)));
        }
        return values.size() == 3
                ? new TransactionEnd.Identity(values.get(0), values.get(1).orElse(""), values.get(2))
                : null;
    }
}
