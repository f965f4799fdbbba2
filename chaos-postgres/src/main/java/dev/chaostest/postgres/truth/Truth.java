// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import dev.chaostest.ledger.Reportable;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.wire.TransactionEnd;
import dev.chaostest.postgres.wire.TransactionObserver;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * Finds out what became of each transaction that ended without an answer, or whose COMMIT was answered by an error or by
 * ROLLBACK.
 *
 * <p>While a round is armed, the number of each transaction is asked for on its own session, in one write with what the client
 * sends there anyway; the client sees nothing of it, and no round trip is added. What became of that number is read on a
 * connection past the seam, once nobody works on the transaction any more. Transactions that were answered as usual cost no
 * question at the end.
 *
 * <p>A server that has crashed, was started again or took over from another gives numbers out again. There a row that was
 * written in the transaction itself tells ({@link #marking}), else the answer is {@link Fate#UNKNOWN}.
 *
 * <pre>{@code
 * try (Truth truth = Truth.of(mount, admin)) {
 *     service.pay(order);
 *     assertThat(truth.lost()).isEmpty();
 * }
 * }</pre>
 *
 * <p>Remembers 1,000 transactions, and forgets those that were answered as usual first. Safe for use by many threads. Source: PostgreSQL documentation, {@code
 * pg_xact_status}.
 *
 * @since 0.1
 */
public final class Truth implements AutoCloseable, Reportable {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** A red test need not be red later for it. */
    private static final Duration REPORTED_WITHIN = Duration.ofSeconds(1);

    private static final int LINES_MAX = 20;

    private final Inquiry inquiry;
    private final Judge judge;
    private final AutoCloseable following;
    private final History history = new History();
    private final ReentrantLock asking = new ReentrantLock();

    private Truth(WireMount mount, DataSource admin, Optional<Marks> marks) {
        this.inquiry = new Inquiry(admin);
        this.judge = new Judge(inquiry, marks.map(Marks::table), history::prepared);
        this.following = mount.follow(new TransactionObserver() {
            @Override
            public void ended(TransactionEnd end) {
                history.add(end);
            }

            @Override
            public Optional<String> marks() {
                return marks.map(Marks::function);
            }
        });
    }

    /**
     * Begins to follow the transactions of a mount, those of connections that are open included.
     *
     * @param mount whose sessions are followed
     * @param admin connects past the seam, to the same database
     * @throws ChaosException if somebody follows them already
     */
    public static Truth of(WireMount mount, DataSource admin) {
        return new Truth(mount, admin, Optional.empty());
    }

    /**
     * As {@link #of}; and each transaction that writes leaves a row in a table, its mark, so that its end is known even after a
     * crash or a promotion. Every role that may use its schema may write there. The table stays, and a function beside it, {@code
     * <table>_mark()}, which writes the row.
     *
     * @param table its name, or schema and name with a dot between; made if it is not there: {@code (id uuid)}
     * @throws ChaosException if it can't be made
     */
    public static Truth marking(WireMount mount, DataSource admin, String table) {
        Marks marks;
        try (Connection connection = admin.getConnection()) {
            marks = Marks.make(connection, table);
        } catch (SQLException e) {
            throw new ChaosException(
                    "A table for marks must be there, but \"" + table + "\" could not be made: the database answered "
                            + e.getSQLState() + ". Name one in a schema where the role may create; see the cause.",
                    e);
        }
        return new Truth(mount, admin, Optional.of(marks));
    }

    /** What {@link #resolve} finds within 10 s. */
    public List<TransactionOutcome> outcomes() {
        return resolve(DEADLINE);
    }

    /**
     * What became of each transaction that has ended since the last {@link #forget} without an answer, or with another than it
     * wanted; in the order in which they ended. No question is asked if there is none. What is found stands in the ledger of
     * its round, too.
     *
     * @param deadline how long to wait for backends that still work on one; then it is {@link Fate#IN_PROGRESS}
     */
    public List<TransactionOutcome> resolve(Duration deadline) {
        List<History.Ended> doubtful = history.doubtful();
        if (doubtful.isEmpty()) {
            return List.of();
        }
        asking.lock();
        try {
            long until = System.nanoTime() + deadline.toNanos();
            doubtful.forEach(each -> judge(each, until));
        } finally {
            asking.unlock();
        }
        return doubtful.stream().map(this::outcome).toList();
    }

    private void judge(History.Ended each, long until) {
        Judgement before = each.judgement();
        if (before != null && before.isFinal()) {
            return;
        }
        Optional<String> learnt = Optional.ofNullable(before).flatMap(Judgement::number);
        Judgement now = judge.judge(each.end(), learnt, until);
        each.judged(now);
        if (!now.equals(before)) {
            each.end().round().ledger().noted(outcome(each).toString());
        }
    }

    private TransactionOutcome outcome(History.Ended each) {
        TransactionEnd end = each.end();
        Judgement found = each.judgement();
        if (found == null) {
            throw new IllegalStateException("a transaction must be judged before it is told of");
        }
        boolean told = end.answer() == TransactionEnd.Answer.ROLLBACK;
        return new TransactionOutcome(
                found.number().map(id -> OptionalLong.of(Long.parseLong(id))).orElse(OptionalLong.empty()),
                found.fate(),
                told ? Belief.COMMITTED : Belief.FAILED,
                saw(end),
                found.reason(),
                end.work(),
                history.again(each));
    }

    private static String saw(TransactionEnd end) {
        return switch (end.answer()) {
            case DONE -> "no error";
            case ROLLBACK -> "no error, but ROLLBACK";
            case ERROR -> end.state();
            case NONE -> "08006";
        };
    }

    /** Those that their client believes to be committed, and that are not. */
    public List<TransactionOutcome> lost() {
        return outcomes().stream().filter(TransactionOutcome::isLost).toList();
    }

    /** Those that failed for their client, and that are committed. */
    public List<TransactionOutcome> ghosts() {
        return outcomes().stream().filter(TransactionOutcome::isGhost).toList();
    }

    /** Forgets all that has ended so far: a new round begins. */
    public void forget() {
        history.clear();
    }

    @Override
    public String title() {
        return "What became of transactions";
    }

    /** One for each outcome that is found within a second, 20 at most. */
    @Override
    public List<String> lines() {
        List<TransactionOutcome> all = resolve(REPORTED_WITHIN);
        List<String> lines = new ArrayList<>(
                all.stream().limit(LINES_MAX).map(TransactionOutcome::toString).toList());
        if (all.size() > LINES_MAX) {
            lines.add("and " + (all.size() - LINES_MAX) + " more");
        }
        return lines;
    }

    /** Ends it; what was found can still be asked for. Twice is harmless. */
    @Override
    public void close() {
        try {
            following.close();
        } catch (Exception e) {
            throw new ChaosException("The following of transactions must end, but did not. Report this.", e);
        } finally {
            asking.lock();
            try {
                inquiry.close();
            } finally {
                asking.unlock();
            }
        }
    }
}
