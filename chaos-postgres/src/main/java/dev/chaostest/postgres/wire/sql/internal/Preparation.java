// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names of the {@code PREPARE TRANSACTION} that a connection has sent and that the server has not answered yet. */
public final class Preparation {

    /** What the server says when it has done it; its first letters. */
    private static final String TAG = "PREPARE TRANS";

    private static final Pattern NAMED = Pattern.compile("(?i)\\bPREPARE\\s+TRANSACTION\\s+E?'((?:[^']|'')*)'");
    private static final int PENDING_MAX = 100;

    private final Deque<String> pending = new ArrayDeque<>();

    /** The latest text that is none of these. */
    private String nothing = "";

    /** Whether a text that begins so may be one; that is all most statements are asked. */
    public static boolean mayBeginAt(ByteBuffer text) {
        return text.hasRemaining() && mayBegin(text.get(text.position()));
    }

    private static boolean mayBegin(int first) {
        return first == 'P' || first == 'p';
    }

    /** It is sent. */
    @SuppressWarnings("ReferenceEquality") // the very same object comes again with each execution of its statement
    public void sent(String sql) {
        if (sql == nothing) {
            return;
        }
        if (sql.isEmpty() || !(mayBegin(sql.charAt(0)) || sql.indexOf(';') >= 0)) {
            nothing = sql;
            return;
        }
        Matcher named = NAMED.matcher(sql);
        while (named.find() && pending.size() < PENDING_MAX) {
            pending.addLast(named.group(1).replace("''", "'"));
        }
    }

    /** A statement is complete; the name, if that was one of these. */
    @Nullable
    public String completed(String tag) {
        return tag.startsWith(TAG) ? pending.pollFirst() : null;
    }

    /** An error: what follows up to the end of the cycle was not done. */
    public void failed() {
        pending.clear();
    }
}
