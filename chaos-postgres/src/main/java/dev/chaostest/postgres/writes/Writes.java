// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import dev.chaostest.internal.Amount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells what committed since a test began: exactly, in order, across tables.
 *
 * <p>Each call reads what committed until now; what is still open then is not in it, and what was rolled back never is.
 * Transactions that began before and committed since are in it. It holds at most 10,000 changes and 16 million characters
 * of the log, and no change beyond a million characters: the rest is counted, {@link WrittenTransaction#dropped}.
 *
 * <p>Not logged, so not here: temporary and unlogged tables, sequences, DDL, large objects.
 *
 * <pre>{@code
 * assertThatThrownBy(() -> service.transfer(1, 2, 100)).isInstanceOf(SQLException.class);
 * writes.assertNothing();
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Writes implements AutoCloseable {

    private static final int LINES_MAX = 20;

    private final WriteLog log;
    private final WriteLog.Wanted wanted;

    Writes(WriteLog log, WriteLog.Wanted wanted) {
        this.log = log;
        this.wanted = wanted;
    }

    Lsn from() {
        return wanted.from();
    }

    /**
     * The transactions that committed a change until now, in the order of their commits.
     *
     * @throws dev.chaostest.plan.ChaosException if the server can't be asked
     * @throws IllegalStateException if the log is closed
     */
    public List<WrittenTransaction> transactions() {
        return log.read(wanted);
    }

    /** All changes of all these transactions, in order; without the dropped ones. */
    public List<RowChange> wrote() {
        return transactions().stream().flatMap(each -> each.changes().stream()).toList();
    }

    /**
     * Checks that everything was written in one transaction, or nothing at all.
     *
     * @throws AssertionError if several transactions wrote; the message lists them
     */
    public void assertAllOrNothing() {
        List<WrittenTransaction> found = transactions();
        if (found.size() > 1) {
            throw new AssertionError(message(
                    "All must be written in one transaction, or nothing, but " + found.size()
                            + " transactions wrote. Begin one around the whole work.",
                    found));
        }
    }

    /**
     * Checks that each transaction that wrote to one of these tables wrote to all of them.
     *
     * @param tables two or more, as the catalogue has them, without their schema; of a partitioned one, the partition that
     *     holds the row, since the log names that
     * @throws IllegalArgumentException if there are fewer
     * @throws AssertionError if a transaction wrote to some of them only; the message lists those
     */
    public void assertTogether(String... tables) {
        Set<String> wanted = Arrays.stream(tables).collect(Collectors.toUnmodifiableSet());
        if (wanted.size() < 2) {
            throw new IllegalArgumentException("assertTogether must have at least two tables, but has " + wanted
                    + ". Name those that belong together.");
        }
        List<WrittenTransaction> broken =
                transactions().stream().filter(each -> isPart(each, wanted)).toList();
        if (!broken.isEmpty()) {
            throw new AssertionError(message(
                    "Every transaction that writes to one of "
                            + wanted.stream().sorted().toList() + " must write to all of them, but " + broken.size()
                            + " did not. Write them in one transaction.",
                    broken));
        }
    }

    /** What was dropped may have been of a table that seems to be missing: not said to be broken then. */
    private static boolean isPart(WrittenTransaction transaction, Set<String> wanted) {
        long written =
                wanted.stream().filter(table -> transaction.count(table) > 0).count();
        return written > 0 && written < wanted.size() && transaction.dropped() == 0;
    }

    /**
     * Checks that nothing was written: the proof of a rollback.
     *
     * @throws AssertionError if something was; the message lists it
     */
    public void assertNothing() {
        List<WrittenTransaction> found = transactions();
        if (!found.isEmpty()) {
            throw new AssertionError(message(
                    "Nothing must be written, but " + Amount.of(found.size(), "transaction")
                            + " did. Roll back what failed, and commit nothing before it.",
                    found));
        }
    }

    private static String message(String sentence, List<WrittenTransaction> found) {
        return sentence + lines(found).stream().map(line -> "\n  " + line).collect(Collectors.joining());
    }

    /** What was written until now, one line for each transaction and change; at most {@value #LINES_MAX} lines of changes. */
    public List<String> describe() {
        return lines(transactions());
    }

    private static List<String> lines(List<WrittenTransaction> transactions) {
        if (transactions.isEmpty()) {
            return List.of("nothing");
        }
        List<String> lines = new ArrayList<>();
        int left = LINES_MAX;
        for (WrittenTransaction transaction : transactions) {
            if (left == 0) {
                lines.add("... and more transactions, " + transactions.size() + " in all");
                return lines;
            }
            lines.add("transaction " + transaction.xid() + " at " + transaction.committedAt());
            int shown = Math.min(left, transaction.changes().size());
            transaction.changes().stream().limit(shown).forEach(change -> lines.add("  " + change));
            long more = transaction.changes().size() - shown + transaction.dropped();
            if (more > 0) {
                lines.add("  ... and " + more + " more");
            }
            left = Math.max(0, left - Math.max(1, shown));
        }
        return lines;
    }

    /** Lets the log go that only this one needs. Twice is harmless. */
    @Override
    public void close() {
        log.end(this);
    }

    @Override
    public String toString() {
        return "writes " + (wanted.schema() == null ? "of the database" : "in schema " + wanted.schema()) + " since "
                + from();
    }
}
