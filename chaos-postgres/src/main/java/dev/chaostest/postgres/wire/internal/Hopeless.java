// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.ledger.LedgerEntry.Fired;
import dev.chaostest.link.Hold;
import dev.chaostest.link.LinkClients;
import dev.chaostest.mount.Strike.Blow;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Whether a client that waits without a time-out of its socket has another one. pgjdbc has two, and each is known by the
 * thread that keeps it.
 */
public final class Hopeless {

    /** Keeps {@code loginTimeout}: it connects, and who asked for the connection waits for it for so long. */
    private static final String CONNECTING = "PostgreSQL JDBC driver connection thread";

    /** Keeps the query time-outs of all connections; it waits without end while there are none. */
    private static final String TIMER = "PostgreSQL-JDBC-SharedTimer-";

    /** Whose statement a query time-out is about can't be seen: for so long it may be this one. */
    private static final Duration LONGEST_QUERY = Duration.ofMinutes(1);

    private final Finding finding;

    private Hopeless(Finding finding) {
        this.finding = finding;
    }

    /** What is told of a wait that was ended. */
    @FunctionalInterface
    private interface Finding {
        String of(Fired fired, Duration limit);
    }

    /** Of connections whose sockets know their time-outs. */
    public static Hopeless ofDataSource() {
        return new Hopeless((fired, limit) -> ofDataSource(fired));
    }

    /** Of the clients of a link, which looks after them. */
    public static Hopeless ofLink(String name, LinkClients clients) {
        return new Hopeless((fired, limit) -> clients.finding(
                name, limit, "there was a hang at " + fired.hit().site()));
    }

    /** A wait that ends when it is released, or when nothing else would end it. */
    Hold hold(Blow blow, Consumer<Hold.End> done) {
        return Hold.untilHopeless(blow.round().patience(), Hopeless::isLikely, end -> {
            done.accept(end);
            if (end == Hold.End.HOPELESS) {
                blow.found(finding.of(blow.fired(), blow.round().linkPatience().limit()));
            }
        });
    }

    /** Asked on the thread that waits. */
    private static boolean isLikely(Duration waited) {
        return !Thread.currentThread().getName().equals(CONNECTING) && !isTimed(waited);
    }

    /** Whether a query time-out may be about what has waited for so long. */
    static boolean isTimed(Duration waited) {
        return waited.compareTo(LONGEST_QUERY) < 0
                && threads().anyMatch(thread -> thread.getName().startsWith(TIMER) && !isIdle(thread));
    }

    /** Whether somebody connects who is waited for no longer than he said. */
    static boolean isAnyConnecting() {
        return threads().anyMatch(thread -> thread.getName().equals(CONNECTING));
    }

    private static Stream<Thread> threads() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root != null && root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[2 * Thread.activeCount() + 1000];
        int found = root == null ? 0 : root.enumerate(threads);
        return Arrays.stream(threads, 0, found);
    }

    /** It may also wait while it cancels. */
    private static boolean isIdle(Thread timer) {
        return timer.getState() == Thread.State.WAITING
                && Arrays.stream(timer.getStackTrace())
                        .noneMatch(frame -> frame.getClassName().startsWith("org.postgresql."));
    }

    private static String ofDataSource(Fired fired) {
        return "A DataSource must have a socketTimeout, but this one has none: a hang at "
                + fired.hit().site()
                + (fired.caller() == null ? "" : ", from " + fired.caller())
                + ", would have lasted for ever, so its connection was ended. Set socketTimeout, in seconds, above the longest "
                + "statement (socketTimeout=30), or give the code a time-out that frees it.";
    }
}
