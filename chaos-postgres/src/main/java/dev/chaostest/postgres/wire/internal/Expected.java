// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.protocol.internal.Types;
import org.jspecify.annotations.Nullable;

/**
 * One reply that the server owes, for one message that was sent.
 *
 * @param kind for which message
 * @param shown what of it the client gets; it did not send every message itself
 * @param call what is to be done with the answer, or null
 * @param rows the site of its rows, or null while nobody asks
 */
record Expected(
        Kind kind,
        Shown shown,
        @Nullable Call call,
        @Nullable Site rows) {

    static final Expected STARTUP = new Expected(Kind.STARTUP, Shown.ALL, null);
    static final Expected PARSE = new Expected(Kind.PARSE, Shown.ALL, null);
    static final Expected BIND = new Expected(Kind.BIND, Shown.ALL, null);
    static final Expected CLOSE = new Expected(Kind.CLOSE, Shown.ALL, null);
    static final Expected DESCRIBE = new Expected(Kind.DESCRIBE, Shown.ALL, null);
    static final Expected EXECUTE = new Expected(Kind.EXECUTE, Shown.ALL, null);
    static final Expected QUERY = new Expected(Kind.QUERY, Shown.ALL, null);
    static final Expected SYNC = new Expected(Kind.SYNC, Shown.ALL, null);
    static final Expected FUNCTION = new Expected(Kind.FUNCTION, Shown.ALL, null);

    Expected(Kind kind, Shown shown, @Nullable Call call) {
        this(kind, shown, call, null);
    }

    /** A place in the order that no reply belongs to; each is its own. */
    static Expected mark(Call call) {
        return new Expected(Kind.MARK, Shown.NOTHING, call);
    }

    /** What comes when the session ends by itself: no message asks for it. */
    static Expected end(Call call) {
        return new Expected(Kind.SYNC, Shown.OURS, call);
    }

    /** Whether there is more to it than what all of its kind have. */
    boolean isOfItsOwn() {
        return call != null || rows != null;
    }

    /** Whether the number of a transaction is in the answer. */
    boolean isNumbered() {
        return shown == Shown.NUMBER || shown == Shown.WITH_NUMBER;
    }

    /** Whether an error in answer to it is not for the client. */
    boolean isErrorHidden() {
        return shown == Shown.ASIDE;
    }

    /** The same, with a question about the transaction behind it. */
    Expected withNumber() {
        return new Expected(kind, Shown.WITH_NUMBER, call, rows);
    }

    boolean isEnd() {
        return kind == Kind.SYNC && shown == Shown.OURS;
    }

    /** What the client gets to see. Errors and changed settings are always shown. */
    enum Shown {
        ALL,
        NOTHING,
        ONLY_READY,
        /** All of a statement that the client did not send: its error must not tell. */
        OURS,
        /** Nothing of a query string, not even its error. */
        ASIDE,
        /** As {@link #NOTHING}; its row is the number of a transaction. */
        NUMBER,
        /** All but the last of several results: its row is the number of their transaction. */
        WITH_NUMBER;

        /** Whether the client gets the ReadyForQuery. */
        boolean isReadyShown() {
            return this == ALL || this == ONLY_READY || this == WITH_NUMBER;
        }
    }

    /** A message that is answered. */
    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers is immutable
    enum Kind {
        STARTUP("", "Z"),
        PARSE("", "1"),
        BIND("", "2"),
        CLOSE("", "3"),
        DESCRIBE("t", "Tn"),
        EXECUTE("DGHWdc", "CIs"),
        QUERY("TDCIGHWdc", "Z"),
        SYNC("", "Z"),
        FUNCTION("V", "Z"),
        MARK("", "");

        private final Types accepted;
        private final Types last;

        Kind(String during, String last) {
            this.accepted = Types.of(during + last);
            this.last = Types.of(last);
        }

        boolean isEndedBy(byte reply) {
            return last.has(reply);
        }

        boolean accepts(byte reply) {
            return this == STARTUP || accepted.has(reply);
        }

        /** Whether an error ends it and makes the server skip to the next Sync. */
        boolean isExtended() {
            return switch (this) {
                case PARSE, BIND, CLOSE, DESCRIBE, EXECUTE, MARK -> true;
                case STARTUP, QUERY, SYNC, FUNCTION -> false;
            };
        }
    }
}
