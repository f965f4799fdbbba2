// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.mount.Callers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has borrowed a connection and not given it back. Nothing is wrapped: a connection says itself whether it is closed.
 * Those that are given back are forgotten every {@value #SWEEP} borrowings, so at most that many more are held than are open.
 */
final class Borrowers {

    private static final Logger LOG = LoggerFactory.getLogger(Borrowers.class);

    private static final int SWEEP = 32;
    private static final int FRAMES_MAX = 5;
    private static final int OPEN_MAX = 10_000;

    /** Code that was told of a result a moment before its own {@code finally} ran has not leaked. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private static final Set<String> MACHINERY = Set.of(
            "com.zaxxer.hikari.",
            "org.postgresql.",
            "org.springframework.",
            "org.hibernate.",
            "dev.chaostest.postgres.pool.");
    private static final Set<String> RUNNERS = Set.of("org.junit.", "org.testng.", "dev.chaostest.work.");

    private final String pool;
    private final Queue<Loan> loans = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sinceSweep = new AtomicInteger();

    Borrowers(String pool) {
        this.pool = pool;
    }

    void lent(Connection connection) {
        if (sinceSweep.incrementAndGet() % SWEEP == 0) {
            loans.removeIf(Loan::isOver);
            if (loans.size() > OPEN_MAX) { // somebody opens without end, which is told already
                return;
            }
        }
        loans.add(new Loan(connection, Callers.frames(MACHINERY, RUNNERS, FRAMES_MAX)));
    }

    /** Gives back what is lent: nobody else will. */
    void giveBack() {
        loans.forEach(Loan::end);
        loans.clear();
    }

    /** What is not given back, one sentence for each place that borrowed. */
    List<String> left() {
        long deadline = System.nanoTime() + GRACE.toNanos();
        loans.removeIf(Loan::isOver);
        while (!loans.isEmpty()
                && System.nanoTime() < deadline
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS); // no connection tells when it is closed
            loans.removeIf(Loan::isOver);
        }
        Map<List<String>, Integer> places = new LinkedHashMap<>();
        loans.forEach(loan -> places.merge(loan.printed(), 1, Integer::sum));
        return places.entrySet().stream()
                .map(place -> sentence(place.getValue(), place.getKey()))
                .toList();
    }

    private String sentence(int count, List<String> stack) {
        String what = count == 1 ? "a connection" : count + " connections";
        return what + " of " + pool + (stack.isEmpty() ? "" : ", borrowed by " + String.join(", from ", stack));
    }

    private record Loan(Connection connection, List<StackWalker.StackFrame> stack) {

        List<String> printed() {
            return stack.stream().map(Callers::print).toList();
        }

        void end() {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("A connection that was lent could not be given back", e);
            }
        }

        boolean isOver() {
            try {
                return connection.isClosed();
            } catch (SQLException e) { // one that can't even say so is of no use to anyone
                return true;
            }
        }
    }
}
