// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Rule;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of the ledger.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public sealed interface LedgerEntry {

    /** The place in the ledger, from 1, without gaps. */
    long sequence();

    /** When, since the ledger was opened. */
    Duration at();

    /** A rule was laid down. */
    record Planned(long sequence, Duration at, Rule rule) implements LedgerEntry {
        @Override
        public String toString() {
            return line(this, "planned", rule.toString());
        }
    }

    /**
     * A fault struck.
     *
     * @param hit where, on which lane, the how many-th
     * @param rule the rule that struck
     * @param fault what it did at this hit
     * @param text what was really asked for there: the SQL, the method; may hold values of the test
     * @param caller the frame of the code under test, or null if none is on the stack
     */
    record Fired(
            long sequence,
            Duration at,
            Hit hit,
            Rule rule,
            Fault fault,
            String text,
            @Nullable String caller) implements LedgerEntry {
        @Override
        public String toString() {
            return line(this, "fired", fault() + " at " + hit + (caller == null ? "" : ", from " + caller));
        }
    }

    /** How true an error was. */
    enum Cause {
        /** What always causes it was brought about. */
        REAL,
        /** The peer was made to raise it. */
        RAISED,
        /** It was written in the peer's name. */
        FORGED
    }

    /**
     * What came back to the caller for a fault that fired.
     *
     * @param fired the sequence of that entry
     * @param answer an SQLSTATE, or a few words
     * @param cause how true it was, where that was a question
     * @param planned whether it is what the fault said must come back
     */
    record Answered(
            long sequence,
            Duration at,
            long fired,
            String answer,
            @Nullable Cause cause,
            boolean planned) implements LedgerEntry {
        @Override
        public String toString() {
            String how = cause == null ? "" : " (" + cause.name().toLowerCase(Locale.ROOT) + ")";
            return line(
                    this, "came back", answer + how + " for #" + fired + (planned ? "" : ", which was not planned"));
        }
    }

    /** A rule was due, but an earlier one had already ended the call. */
    record Overshadowed(long sequence, Duration at, Hit hit, Rule rule) implements LedgerEntry {
        @Override
        public String toString() {
            return line(this, "overshadowed", rule + " (at " + hit + ")");
        }
    }

    /**
     * Something was done to a thing that has no arrivals to strike at: a server was killed, a lock was taken.
     *
     * @param command what was done, and to what: {@code freeze backend 4711}
     * @param reach who may feel it
     */
    record Commanded(long sequence, Duration at, String command, Reach reach) implements LedgerEntry {
        @Override
        public String toString() {
            return line(this, "commanded", command + " (reach: " + reach.name().toLowerCase(Locale.ROOT) + ")");
        }
    }

    /**
     * What was commanded is over, and it was looked at that nothing is left of it.
     *
     * @param commanded the sequence of that entry
     * @param after from the command until then
     * @param how what ended it: {@code accepts writes again}
     */
    record Healed(long sequence, Duration at, long commanded, Duration after, String how) implements LedgerEntry {
        @Override
        public String toString() {
            return line(this, "healed", how + ", " + Durations.print(after) + " after #" + commanded);
        }
    }

    /** Anything else worth a line: armed, healed, kept, late. */
    record Noted(long sequence, Duration at, String text) implements LedgerEntry {
        @Override
        public String toString() {
            return line(this, "noted", text);
        }
    }

    private static String line(LedgerEntry entry, String kind, String text) {
        return "#" + entry.sequence() + " +" + Durations.print(entry.at()) + " " + kind + ": " + text;
    }
}
