// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.ledger.LedgerEntry.Fired;
import dev.chaostest.link.Hold;
import dev.chaostest.mount.Strike.Blow;
import java.time.Duration;
import java.util.Arrays;

/**
 * Whether a client that waits without a time-out of its socket has another one. pgjdbc has two, and each is known by the
 * thread that keeps it.
 */
final class Hopeless {

    /** Keeps {@code loginTimeout}: it connects, and who asked for the connection waits for it for so long. */
    private static final String CONNECTING = "PostgreSQL JDBC driver connection thread";

    /** Keeps the query time-outs of all connections; it waits without end while there are none. */
    private static final String TIMER = "PostgreSQL-JDBC-SharedTimer-";

    /** Whose statement a query time-out is about can't be seen: for so long it may be this one. */
    private static final Duration LONGEST_QUERY = Duration.ofMinutes(1);

    private Hopeless() {}

    /** Asked on the thread that waits. */
    static boolean isLikely(Duration waited) {
        return !Thread.currentThread().getName().equals(CONNECTING)
                && (waited.compareTo(LONGEST_QUERY) >= 0 || !isQueryTimed());
    }

    private static boolean isQueryTimed() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root != null && root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[2 * Thread.activeCount() + 1000];
        int found = root == null ? 0 : root.enumerate(threads);
        return Arrays.stream(threads, 0, found)
                .anyMatch(thread -> thread.getName().startsWith(TIMER) && !isIdle(thread));
    }

    /** It may also wait while it cancels. */
    private static boolean isIdle(Thread timer) {
        return timer.getState() == Thread.State.WAITING
                && Arrays.stream(timer.getStackTrace())
                        .noneMatch(frame -> frame.getClassName().startsWith("org.postgresql."));
    }

    /** How a wait has ended. */
    static void tell(Blow blow, Hold.End end) {
        if (end == Hold.End.HOPELESS) {
            blow.found(finding(blow.fired()));
        }
    }

    /** What is wrong with the DataSource. */
    private static String finding(Fired fired) {
        return "A DataSource must have a socketTimeout, but this one has none: a hang at "
                + fired.hit().site()
                + (fired.caller() == null ? "" : ", from " + fired.caller())
                + ", would have lasted for ever, so its connection was ended. Set socketTimeout, in seconds, above the longest "
                + "statement (socketTimeout=30), or give the code a time-out that frees it.";
    }
}
