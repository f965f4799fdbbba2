// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.ds.PGSimpleDataSource;

/** Real sessions that really wait, on the version that the build runs on. */
@Timeout(120)
class ServerStateTest {

    private Sessions sessions;

    @BeforeEach
    void open() throws SQLException {
        sessions = new Sessions();
    }

    @AfterEach
    void close() throws SQLException {
        sessions.close();
    }

    private String update(int id) {
        return "UPDATE " + sessions.table() + " SET balance = balance + 1 WHERE id = " + id;
    }

    @Test
    void whoWaitsForARowWaitsForTheTransactionThatHoldsIt() throws SQLException {
        Connection holder = sessions.begin("holder", update(1));
        Connection waiter = sessions.open("waiter");
        sessions.start(waiter, update(1));

        ServerState state = Sessions.awaitBlocked(waiter);

        assertThat(sessions.ours(state)).containsExactly(new Blocking(Sessions.pid(waiter), Sessions.pid(holder)));
        HeldLock wanted = wanted(state, waiter);
        assertThat(wanted.type()).isEqualTo("transactionid");
        assertThat(wanted.target()).matches("transaction \\d+");
        assertThat(wanted.mode()).isEqualTo("ShareLock");
        assertThat(wanted.waitStart().orElseThrow())
                .as("W-P2: how long it waits comes from the server's own note of it")
                .isBeforeOrEqualTo(state.takenAt());
        assertThat(state.locksOf(Sessions.pid(holder)))
                .as("it holds the transaction that is waited for")
                .anyMatch(lock -> lock.granted() && lock.target().equals(wanted.target()))
                .anyMatch(lock -> lock.relation().equals(Optional.of(sessions.table()))
                        && lock.mode().equals("RowExclusiveLock"));
        assertThat(String.join("\n", state.describe()))
                .containsPattern("  pid " + Sessions.pid(waiter) + " \\(" + sessions.schema()
                        + " waiter, active for [\\d.]+m?s: " + "UPDATE " + sessions.table()
                        + " SET balance = balance \\+ 1 WHERE id = 1\\)\n"
                        + "    waits [\\d.]+m?s \\(ShareLock on transaction \\d+\\) for pid " + Sessions.pid(holder)
                        + " \\(" + sessions.schema() + " holder, idle in transaction for [\\d.]+m?s, after: UPDATE ");
    }

    @Test
    void aSessionShowsWhoItIsAndWhatItDoes() throws SQLException {
        Connection holder = sessions.begin("holder", update(1));
        Connection waiter = sessions.open("waiter");
        sessions.start(waiter, update(1));

        ServerState state = Sessions.awaitBlocked(waiter);

        Activity waits = state.session(Sessions.pid(waiter)).orElseThrow();
        assertThat(waits.application()).isEqualTo(sessions.schema() + " waiter");
        assertThat(waits.user()).isEqualTo("postgres");
        assertThat(waits.database()).isEqualTo(state.database());
        assertThat(waits.backendType()).contains("client backend");
        assertThat(waits.state()).contains("active");
        assertThat(waits.waitEventType()).contains("Lock");
        assertThat(waits.waitEvent()).contains("transactionid");
        assertThat(waits.query()).isEqualTo(update(1));
        assertThat(waits.backendStart().orElseThrow())
                .isBeforeOrEqualTo(waits.queryStart().orElseThrow());
        assertThat(waits.isHidden()).isFalse();
        Activity holds = state.session(Sessions.pid(holder)).orElseThrow();
        assertThat(holds.state()).contains("idle in transaction");
        assertThat(holds.transactionStart()).isPresent();
        assertThat(holds.isBlocked()).isFalse();
        assertThat(state.isRestricted()).isFalse();
        assertThat(state.isComplete()).isTrue();
        assertThat(System.getProperty("expected.postgres", "")).startsWith(state.version());
    }

    @Test
    void aTransactionThatDoesNothingAndASnapshotThatIsOldAreFound() throws SQLException {
        Connection idle = sessions.begin("idle", update(1));
        Connection reader = sessions.open("reader");
        reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        reader.setAutoCommit(false);
        Sessions.run(reader, "SELECT 1");
        Connection asking = sessions.open("asking");

        ServerState state = ServerState.read(asking);

        ServerState ours = state.ofPids(Set.of(Sessions.pid(idle), Sessions.pid(reader)));
        assertThat(ours.idleInTransaction())
                .extracting(Activity::pid)
                .containsExactly(Sessions.pid(idle), Sessions.pid(reader));
        assertThat(ours.longSnapshots(Duration.ZERO))
                .as("between two statements only a repeatable read keeps one")
                .extracting(Activity::pid)
                .containsExactly(Sessions.pid(reader));
        assertThat(ours.longSnapshots(Duration.ofDays(1))).isEmpty();
        assertThat(ours.session(Sessions.pid(idle)).orElseThrow().backendXid()).isPresent();
        assertThat(ours.session(Sessions.pid(reader)).orElseThrow().backendXid())
                .as("it wrote nothing")
                .isEmpty();
        assertThat(ours.locks())
                .isNotEmpty()
                .allMatch(lock -> ours.session(lock.pid()).isPresent());
        assertThat(state.ofApplication(sessions.schema() + " reader").sessions())
                .extracting(Activity::pid)
                .containsExactly(Sessions.pid(reader));
    }

    @Test
    void aChainOfThreeIsFollowedToItsEnd() throws SQLException {
        Connection first = sessions.begin("first", update(1));
        Connection second = sessions.begin("second", update(2));
        sessions.start(second, update(1));
        Sessions.awaitBlocked(second);
        Connection third = sessions.begin("third", update(3));
        sessions.start(third, update(2));

        ServerState state = Sessions.awaitBlocked(second, third);

        assertThat(sessions.ours(state))
                .containsExactlyInAnyOrder(
                        new Blocking(Sessions.pid(third), Sessions.pid(second)),
                        new Blocking(Sessions.pid(second), Sessions.pid(first)));
        List<String> chain = state.describeWaits(Set.of());
        String head = "pid " + Sessions.pid(third) + " ";
        int at = chain.indexOf(
                chain.stream().filter(line -> line.startsWith(head)).findFirst().orElseThrow());
        assertThat(chain.get(at + 1)).startsWith("  waits ").contains("for pid " + Sessions.pid(second) + " (");
        assertThat(chain.get(at + 2)).startsWith("    waits ").contains("for pid " + Sessions.pid(first) + " (");
    }

    @Test
    void aCircleIsCalledADeadlock() throws SQLException {
        Connection one = sessions.begin("one", update(1));
        Connection two = sessions.begin("two", update(2));
        sessions.start(one, update(2));
        sessions.start(two, update(1));

        ServerState state = Sessions.awaitBlocked(one, two);

        assertThat(sessions.ours(state))
                .as("the server has not looked for a deadlock yet")
                .containsExactlyInAnyOrder(
                        new Blocking(Sessions.pid(one), Sessions.pid(two)),
                        new Blocking(Sessions.pid(two), Sessions.pid(one)));
        assertThat(state.describeWaits(Set.of())).anyMatch(line -> line.endsWith(" again: a deadlock"));
    }

    @Test
    void aWaitForAnAdvisoryLockShowsItsKey() throws SQLException {
        long key = -42L - Sessions.pid(sessions.open("key"));
        Connection holder = sessions.begin("holder", "SELECT pg_advisory_lock(" + key + ")");
        Connection waiter = sessions.open("waiter");
        sessions.start(waiter, "SELECT pg_advisory_lock(" + key + ")");

        ServerState state = Sessions.awaitBlocked(waiter);

        assertThat(sessions.ours(state)).containsExactly(new Blocking(Sessions.pid(waiter), Sessions.pid(holder)));
        assertThat(wanted(state, waiter))
                .returns("advisory", HeldLock::type)
                .returns("advisory " + key, HeldLock::target)
                .returns(Optional.empty(), HeldLock::relation);
    }

    @Test
    void anAdvisoryLockOfTwoKeysShowsBoth() throws SQLException {
        int key = -Sessions.pid(sessions.open("key"));
        Connection holder = sessions.begin("holder", "SELECT pg_advisory_lock(7, " + key + ")");

        ServerState state = ServerState.read(Sessions.source());

        assertThat(state.locksOf(Sessions.pid(holder)))
                .extracting(HeldLock::target)
                .containsExactly("advisory 7," + key);
    }

    @Test
    void aWaitForATableShowsTheTable() throws SQLException {
        Connection holder = sessions.begin("holder", "LOCK TABLE " + sessions.table() + " IN ACCESS EXCLUSIVE MODE");
        Connection waiter = sessions.open("waiter");
        sessions.start(waiter, "SELECT count(*) FROM " + sessions.table());

        ServerState state = Sessions.awaitBlocked(waiter);

        assertThat(sessions.ours(state)).containsExactly(new Blocking(Sessions.pid(waiter), Sessions.pid(holder)));
        assertThat(wanted(state, waiter))
                .returns("relation", HeldLock::type)
                .returns(sessions.table(), HeldLock::target)
                .returns("AccessShareLock", HeldLock::mode);
        String row = " *" + Sessions.pid(waiter) + "  waits [\\d.]+m?s +AccessShareLock +" + sessions.table();
        assertThat(state.describeLocks()).anyMatch(line -> line.matches(row));
    }

    @Test
    void theSecondInTheQueueForARowWaitsForTheFirst() throws SQLException {
        sessions.begin("holder", update(1));
        Connection first = sessions.open("first");
        sessions.start(first, update(1));
        Sessions.awaitBlocked(first);
        Connection second = sessions.open("second");
        sessions.start(second, update(1));

        ServerState state = Sessions.awaitBlocked(first, second);

        assertThat(sessions.ours(state)).contains(new Blocking(Sessions.pid(second), Sessions.pid(first)));
        assertThat(wanted(state, second).target()).matches("row \\(\\d+,\\d+\\) of " + sessions.table());
    }

    @Test
    void aPreparedTransactionBlocksWithoutASession() throws SQLException {
        Connection holder = sessions.begin("holder", update(1));
        Sessions.run(holder, "PREPARE TRANSACTION '" + sessions.schema() + "'");
        holder.setAutoCommit(true);
        try {
            Connection waiter = sessions.open("waiter");
            sessions.start(waiter, update(1));

            ServerState state = Sessions.awaitBlocked(waiter);

            assertThat(sessions.ours(state)).containsExactly(new Blocking(Sessions.pid(waiter), Blocking.PREPARED));
            assertThat(state.describeWaits(Set.of()))
                    .anyMatch(line ->
                            line.endsWith(" for the prepared transaction \"" + sessions.schema() + "\" of postgres"));
            PreparedTransaction prepared = state.prepared().stream()
                    .filter(each -> each.gid().equals(sessions.schema()))
                    .findFirst()
                    .orElseThrow();
            assertThat(prepared.owner()).isEqualTo("postgres");
            assertThat(prepared.database()).isEqualTo(state.database());
            assertThat(prepared.preparedAt()).isBeforeOrEqualTo(state.takenAt());
            assertThat(String.join("\n", state.describe()))
                    .contains("\nPrepared transactions\n")
                    .contains("  \"" + sessions.schema() + "\", prepared by postgres ");
        } finally {
            Sessions.run(holder, "ROLLBACK PREPARED '" + sessions.schema() + "'");
        }
    }

    @Test
    void anOrdinaryRoleSeesWhoWaitsForWhomButNotWhatTheyDo() throws SQLException {
        Connection holder = sessions.begin("holder", update(1));
        Connection waiter = sessions.open("waiter");
        sessions.start(waiter, update(1));
        Sessions.awaitBlocked(waiter);
        Connection asking = sessions.open("asking");
        Sessions.run(asking, "CREATE ROLE " + sessions.schema(), "SET ROLE " + sessions.schema());
        try {
            ServerState state = ServerState.read(asking);

            assertThat(state.isRestricted()).isTrue();
            assertThat(state.role()).isEqualTo(sessions.schema());
            assertThat(sessions.ours(state)).containsExactly(new Blocking(Sessions.pid(waiter), Sessions.pid(holder)));
            Activity hidden = state.session(Sessions.pid(waiter)).orElseThrow();
            assertThat(hidden.isHidden()).isTrue();
            assertThat(hidden.state()).isEmpty();
            assertThat(String.join("\n", state.describe()))
                    .contains("pid " + Sessions.pid(waiter) + " (postgres, the rest is hidden from this role)")
                    .contains("What other roles do is hidden from " + sessions.schema()
                            + ". To see it: GRANT pg_read_all_stats TO " + sessions.schema());
        } finally {
            Sessions.run(asking, "RESET ROLE", "DROP ROLE " + sessions.schema());
        }
    }

    @Test
    void itsOwnSessionIsLeftOut() throws SQLException {
        Connection asking = sessions.open("asking");

        assertThat(ServerState.read(asking).session(Sessions.pid(asking))).isEmpty();
        assertThat(ServerState.read(Sessions.source()).session(Sessions.pid(asking)))
                .isPresent();
    }

    @Test
    void theConnectionIsLeftAsItWas() throws SQLException {
        Connection asking = sessions.open("asking");
        ServerState.read(asking);

        assertThat(asking.getAutoCommit()).isTrue();
        assertThat(setting(asking, "statement_timeout")).isEqualTo("1min");
    }

    @Test
    void withinATransactionItLeavesNoTrace() throws SQLException {
        Connection asking = sessions.begin("asking", update(1));
        ServerState.read(asking);

        assertThat(setting(asking, "statement_timeout")).isEqualTo("1min");
        asking.rollback();
        assertThat(asking.getAutoCommit()).isFalse();
    }

    @Test
    void sessionsOfAnotherDatabaseThatHaveNothingToDoWithThisOneAreLeftOut() throws SQLException {
        Connection here = sessions.open("here");
        Sessions.run(here, "CREATE DATABASE " + sessions.schema() + " TEMPLATE template0");
        PGSimpleDataSource elsewhere = Sessions.source();
        elsewhere.setDatabaseName(sessions.schema());
        try (Connection other = elsewhere.getConnection()) {
            assertThat(ServerState.read(here).session(Sessions.pid(other))).isEmpty();
            assertThat(ServerState.read(elsewhere).session(Sessions.pid(other))).isPresent();
        } finally {
            Sessions.run(here, "DROP DATABASE " + sessions.schema() + " WITH (FORCE)");
        }
    }

    @Test
    void ownChainsComeFirst() throws SQLException {
        sessions.begin("holder", update(1), update(2));
        Connection one = sessions.open("one");
        sessions.start(one, update(1));
        Connection two = sessions.open("two");
        sessions.start(two, update(2));

        ServerState state = Sessions.awaitBlocked(one, two);

        for (int first : List.of(Sessions.pid(one), Sessions.pid(two))) {
            assertThat(state.describeWaits(Set.of(first)).get(0)).startsWith("pid " + first + " ");
        }
    }

    @Test
    void ownSessionsAreMarkedInTheTable() throws SQLException {
        int mine = Sessions.pid(sessions.open("mine"));

        assertThat(ServerState.read(Sessions.source()).describeSessions(Set.of(mine)))
                .anyMatch(line -> line.matches("\\* +" + mine + " .*"))
                .first()
                .asString()
                .matches(" +pid  user +application +state +for +transaction +waits for +statement");
    }

    @Test
    void aPasswordInAStatementIsTakenOut() throws SQLException {
        Connection asking = sessions.open("asking");
        Sessions.run(
                asking, "SELECT 'ALTER ROLE app PASSWORD ''geheim1''' AS a, 'host=db password=geheim2 user=app' AS b");

        ServerState state = ServerState.read(Sessions.source());

        assertThat(state.session(Sessions.pid(asking)).orElseThrow().query())
                .contains("PASSWORD ***", "password=*** user=app")
                .doesNotContain("geheim");
    }

    @Test
    void aLongStatementIsCut() throws SQLException {
        Connection asking = sessions.open("asking");
        Sessions.run(asking, "SELECT '" + "x".repeat(5_000) + "'");

        Activity session = ServerState.read(Sessions.source())
                .session(Sessions.pid(asking))
                .orElseThrow();

        assertThat(session.query()).hasSizeLessThanOrEqualTo(Activity.QUERY_MAX);
    }

    @Test
    void whereNoTransactionHadBegunNoneIsLeft() throws SQLException {
        Connection asking = sessions.begin("asking");
        asking.commit();

        assertThat(ServerState.read(asking).version()).isNotEmpty();
        assertThat(asking.unwrap(BaseConnection.class).getTransactionState()).isEqualTo(TransactionState.IDLE);
        assertThat(asking.getAutoCommit()).isFalse();
    }

    @Test
    void inAFailedTransactionTheServersStateComesBack() throws SQLException {
        Connection asking = sessions.begin("asking");
        assertThatThrownBy(() -> Sessions.run(asking, "SELECT 1 / 0")).isInstanceOf(SQLException.class);

        assertThatThrownBy(() -> ServerState.read(asking))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        failed -> assertThat(failed.getSQLState()).isEqualTo("25P02"));
    }

    private static HeldLock wanted(ServerState state, Connection waiter) throws SQLException {
        return state.locksOf(Sessions.pid(waiter)).stream()
                .filter(lock -> !lock.granted())
                .findFirst()
                .orElseThrow();
    }

    private static String setting(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        }
    }
}
