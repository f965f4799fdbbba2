// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.postgres.lock.DeadlockOutcome.Participant;
import dev.chaostest.postgres.lock.internal.Deadline;
import dev.chaostest.postgres.lock.internal.LockSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;

/** One session of a deadlock: takes its first lock, asks for its second, and then lets go of both at once. */
final class Player {

    private final int index;
    private final LockSession session;
    private final LockOrder order;
    private Future<Answer> asked;

    /**
     * What a question for a lock was answered with.
     *
     * @param sqlState empty if the lock was given
     * @param at when that was known, in nanoseconds of this machine
     */
    record Answer(Optional<String> sqlState, long at) {}

    Player(int index, LockSession session, LockOrder order) {
        this.index = index;
        this.session = session;
        this.order = order;
        this.asked = new CompletableFuture<>();
    }

    LockSession session() {
        return session;
    }

    LockOrder order() {
        return order;
    }

    int index() {
        return index;
    }

    /** Takes the first lock. */
    Future<Boolean> begin(Map<String, Long> settings) {
        return session.start(connection -> {
            session.begin(settings);
            order.first().take(connection);
            return true;
        });
    }

    /** Asks for the second lock; whatever the answer, lets go of both then, so that the others can go on. */
    void ask() {
        asked = session.start(this::askAndEnd);
    }

    private Answer askAndEnd(Connection connection) throws SQLException {
        Answer answer;
        try {
            order.then().take(connection);
            answer = new Answer(Optional.empty(), System.nanoTime());
        } catch (SQLException e) {
            answer = new Answer(Optional.of(String.valueOf(e.getSQLState())), System.nanoTime());
        }
        end(connection, answer);
        return answer;
    }

    /** One that was killed has let go already. */
    private static void end(Connection connection, Answer answer) throws SQLException {
        try {
            connection.rollback();
        } catch (SQLException e) {
            if (answer.sqlState().isEmpty()) {
                throw e;
            }
        }
    }

    boolean isAnswered() {
        return asked.isDone();
    }

    Answer answer(Deadline deadline) throws SQLException, TimeoutException, InterruptedException {
        return LockSession.await(asked, deadline);
    }

    Participant participant(Answer answer) {
        return new Participant(index, session.pid(), answer.sqlState());
    }

    /** Lets go of everything, wherever it is. */
    void stop() throws SQLException {
        session.rollBack();
    }
}
