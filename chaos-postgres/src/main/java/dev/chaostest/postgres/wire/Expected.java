// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import org.jspecify.annotations.Nullable;

/**
 * One reply that the server owes, for one message that was sent.
 *
 * @param kind for which message
 * @param shown what of it the client gets; it did not send every message itself
 * @param call what is to be done with the answer, or null
 */
record Expected(Kind kind, Shown shown, @Nullable Call call) {

    static final Expected STARTUP = new Expected(Kind.STARTUP, Shown.ALL, null);
    static final Expected PARSE = new Expected(Kind.PARSE, Shown.ALL, null);
    static final Expected BIND = new Expected(Kind.BIND, Shown.ALL, null);
    static final Expected CLOSE = new Expected(Kind.CLOSE, Shown.ALL, null);
    static final Expected DESCRIBE = new Expected(Kind.DESCRIBE, Shown.ALL, null);
    static final Expected EXECUTE = new Expected(Kind.EXECUTE, Shown.ALL, null);
    static final Expected QUERY = new Expected(Kind.QUERY, Shown.ALL, null);
    static final Expected SYNC = new Expected(Kind.SYNC, Shown.ALL, null);
    static final Expected FUNCTION = new Expected(Kind.FUNCTION, Shown.ALL, null);

    /** What the client gets to see. Errors and changed settings are always shown. */
    enum Shown {
        ALL,
        NOTHING,
        ONLY_READY
    }

    /** A message that is answered. */
    enum Kind {
        STARTUP("", "Z"),
        PARSE("", "1"),
        BIND("", "2"),
        CLOSE("", "3"),
        DESCRIBE("t", "Tn"),
        EXECUTE("DGHWdc", "CIs"),
        QUERY("TDCIGHWdc", "Z"),
        SYNC("", "Z"),
        FUNCTION("V", "Z");

        private final String during;
        private final String last;

        Kind(String during, String last) {
            this.during = during;
            this.last = last;
        }

        boolean isEndedBy(byte reply) {
            return last.indexOf(reply) >= 0;
        }

        boolean accepts(byte reply) {
            return this == STARTUP || isEndedBy(reply) || during.indexOf(reply) >= 0;
        }

        /** Whether an error ends it and makes the server skip to the next Sync. */
        boolean isExtended() {
            return switch (this) {
                case PARSE, BIND, CLOSE, DESCRIBE, EXECUTE -> true;
                case STARTUP, QUERY, SYNC, FUNCTION -> false;
            };
        }
    }
}
