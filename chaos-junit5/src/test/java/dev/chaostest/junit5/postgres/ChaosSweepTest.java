// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectIteration;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.Inner;
import dev.chaostest.work.Workers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.opentest4j.TestAbortedException;

class ChaosSweepTest {

    /** What differs from run to run. */
    private static String steady(String message) {
        return message.replaceAll("seed     : .*", "seed     : S")
                .replaceAll("chaos\\.replay=c2:\\S+", "chaos.replay=c2:T")
                .replaceAll("( -Dsurefire\\S+)", "")
                .replaceAll("evidence : .*", "evidence : E")
                .replaceAll("(\\w\\.\\w+):\\d+", "$1:9")
                .replaceAll("transaction \\d+", "transaction N")
                .replaceAll("again as \\d+", "again as N");
    }

    @Test
    void aRetryThatForgetsThatACommitMayHaveHappenedIsFound() {
        Inner inner = Inner.run(RetryingTestCases.class);

        assertThat(steady(inner.message())).isEqualTo("""
                        ChaosSweepTest$RetryingTestCases.moneyIsMovedOnce: connection lost after COMMIT at \
                        ChaosSweepTest$Transfer.commit:9 broke it. expected: [900, 1100]
                         but was: [800, 1200]
                          fault    : connection lost after the effect (the reply was cut)
                          site     : sql:COMMIT, 1st on lane connection-1, from ChaosSweepTest$Transfer.commit:9
                          came back: connection lost
                          truth    : transaction N COMMITTED; the client saw 08006 and ran it again as N
                          state    : expected all or nothing of what the clean round changed, found something else
                          missing  : account id=1: balance 1000 -> 900
                                     account id=2: balance 1000 -> 1100
                          besides  : account id=1: balance 1000 -> 800
                                     account id=2: balance 1000 -> 1200
                          again    : the same in 2 of 2 rounds
                          seed     : S
                          replay   : mvn test -Dtest='ChaosSweepTest$RetryingTestCases#moneyIsMovedOnce' \
                        -Dchaos.replay=c2:T
                          evidence : E""");
        assertThat(inner.aborted())
                .singleElement()
                .isInstanceOf(TestAbortedException.class)
                .extracting(Throwable::getMessage)
                .asString()
                .matches(
                        "#\\d+ connection lost after COMMIT at ChaosSweepTest\\$Transfer.commit:\\d+ was red and is run "
                                + "once more, see the next\\.");
    }

    @Test
    void itsTwinThatLooksFirstWhetherItIsDoneIsGreen() {
        Inner inner = Inner.run(IdempotentTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted()).isEmpty();
        assertThat(inner.names().get(inner.names().size() - 1))
                .matches("verdict: \\d+ points, \\d+ rounds, 0 red; \\d+ pruned");
    }

    @Test
    void eachRoundIsAnInvocationWithANameOfItsOwn() {
        Inner inner = Inner.run(TwoStatementsTestCases.class);

        assertThat(inner.names().stream().map(name -> name.replaceAll(":\\d+", ":9")))
                .containsExactly(
                        "clean round",
                        "clean round, again",
                        "#1 connection lost before connect at ChaosSweepTest$TwoStatementsTestCases.twice:9",
                        "#2 53300 on connect at ChaosSweepTest$TwoStatementsTestCases.twice:9",
                        "#3 57P03 on connect at ChaosSweepTest$TwoStatementsTestCases.twice:9",
                        "#4 connection lost before UPDATE account at Bank.add:9",
                        "#5 40P01 on UPDATE account at Bank.add:9",
                        "#6 55P03 on UPDATE account at Bank.add:9",
                        "#7 57014 on UPDATE account at Bank.add:9",
                        "#8 57P01 on UPDATE account at Bank.add:9",
                        "#9 connection lost before COMMIT at ChaosSweepTest$TwoStatementsTestCases.twice:9",
                        "#10 connection lost after COMMIT at ChaosSweepTest$TwoStatementsTestCases.twice:9",
                        "#11 57P01 on COMMIT at ChaosSweepTest$TwoStatementsTestCases.twice:9",
                        "verdict: 4 points, 11 rounds, 0 red; 25 pruned");
        assertThat(inner.published("chaos.sweep")).containsExactly("""
                        verdict    : 4 points, 11 rounds, 0 red; 25 pruned
                        pruned     : 1 x connection lost at BEGIN, which travels with the next statement
                        pruned     : 1 x error of the server at BEGIN, ROLLBACK or a savepoint, which don't fail so
                        pruned     : 1 x connection lost after a statement inside a transaction, which goes with it
                        pruned     : 2 x 40001 below REPEATABLE READ
                        pruned     : 4 x error of the server after an effect, which it undoes
                        pruned     : 2 x 23503 or 23505 at COMMIT, where no constraint is deferrable
                        pruned     : 3 x 40P01, 55P03 or 57014 at COMMIT, which waits for no lock
                        pruned     : 11 x fault that would last, where the site was not reached again behind the fault
                        seen       : 1 x ghost transaction: committed, though the client saw an error\
                        """);
    }

    @Test
    void eachRoundHasFreshDataAndItsWholeLifeCycle() {
        Inner inner = Inner.run(TwoStatementsTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(14);
    }

    @Test
    void serializableTransactionsMeetConflictsAtStatementsAndAtCommit() {
        assertThat(Inner.run(SerializableTestCases.class).names().stream().map(name -> name.replaceAll(":\\d+", ":9")))
                .containsExactly(
                        "clean round",
                        "clean round, again",
                        "#1 40001 on UPDATE account at Bank.add:9",
                        "#2 40001 on COMMIT at ChaosSweepTest$SerializableTestCases.conflicts:9",
                        "verdict: 4 points, 2 rounds, 0 red; 26 pruned");
    }

    @Test
    void deferrableConstraintsCanFailAtCommit() {
        assertThat(Inner.run(DeferrableTestCases.class).names())
                .contains("#1 23505 on COMMIT at " + caller(DeferrableTestCases.class, "commits"));
    }

    private static String caller(Class<?> type, String method) {
        String name = type.getName();
        return name.substring(name.lastIndexOf('.') + 1) + "." + method + ":"
                + Inner.run(type).names().stream()
                        .map(Pattern.compile(method + ":(\\d+)")::matcher)
                        .filter(Matcher::find)
                        .map(matcher -> matcher.group(1))
                        .findFirst()
                        .orElse("?");
    }

    @Test
    void aPoolIsAPointAndReconnectingIsNone() {
        Inner inner = Inner.run(PoolTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.names()).anyMatch(name -> name.contains("no connection from getConnection at "));
    }

    @Test
    void rowsInTheMiddleOfAResultAreOnePoint() {
        Inner inner = Inner.run(RowsTestCases.class);

        assertThat(inner.names().stream().map(name -> name.replaceAll(":\\d+", ":9")))
                .contains("#4 connection lost amid the rows of SELECT account at Bank.balances:9");
        assertThat(inner.aborted()).isEmpty();
    }

    @Test
    void messagesArePointsOnRequest() {
        Inner inner = Inner.run(MessagesTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.names().stream()
                        .map(name -> name.replaceAll("#\\d+ | at .*", ""))
                        .filter(name -> name.startsWith("connection lost before ")))
                .contains(
                        "connection lost before Parse",
                        "connection lost before Execute",
                        "connection lost before ParseComplete",
                        "connection lost before CommandComplete",
                        "connection lost before ReadyForQuery");
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class MessagesTestCases {
        @ChaosSweep(messages = true, faults = "connection lost")
        void once(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                Bank.add(connection, 1, -100);
            }
        }
    }

    @Test
    void workersAreHitEachOnItsOwnLane() {
        Inner inner = Inner.run(WorkersTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.names())
                .filteredOn(name -> name.contains(" on worker-"))
                .hasSize(8)
                .anyMatch(name -> name.endsWith(" on worker-0"))
                .anyMatch(name -> name.endsWith(" on worker-3"));
    }

    @Test
    void aReplayTokenRunsTheCleanRoundsAndItsVariantOnly() {
        String message = Inner.run(RetryingTestCases.class).message();
        Matcher token = Pattern.compile("chaos\\.replay=(\\S+)").matcher(message);
        assertThat(token.find()).isTrue();

        Inner replayed = Inner.run(RetryingTestCases.class, Map.of("chaos.replay", token.group(1)));

        assertThat(replayed.names())
                .hasSize(5)
                .startsWith("clean round", "clean round, again")
                .last()
                .asString()
                .matches("verdict: 1 of 8 points broke it, 1 round, 1 red; \\d+ pruned");
        assertThat(steady(replayed.message())).isEqualTo(steady(message));
    }

    @Test
    void whatWasRedIsTriedFirstTheNextTimeUntilItIsGreen(@TempDir Path reports) {
        Map<String, String> settings =
                Map.of("chaos.report.directory", reports.toString(), "chaos.failing-first", "true");
        Inner.run(MendedTestCases.class, settings).message();
        MendedTestCases.isMended = true;

        List<String> second = Inner.run(MendedTestCases.class, settings).names();
        List<String> third = Inner.run(MendedTestCases.class, settings).names();

        assertThat(second.get(2)).contains(" connection lost after UPDATE account at ");
        assertThat(third.get(2)).startsWith("#1 connection lost before connect at ");
    }

    @Test
    void aRoundIsNotRunWithoutThoseBefore() {
        EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                .selectors(
                        selectIteration(selectMethod(RetryingTestCases.class, "moneyIsMovedOnce", DataSource.class), 3))
                .execute();

        assertThat(results.allEvents().failed().stream()
                        .map(event -> event.getRequiredPayload(TestExecutionResult.class)
                                .getThrowable()
                                .orElseThrow()
                                .getMessage()))
                .containsExactly(
                        "@ChaosSweep on ChaosSweepTest$RetryingTestCases.moneyIsMovedOnce: The rounds of a sweep must "
                                + "all be run, since each depends on those before, but \"clean round\" was left out. Run the whole "
                                + "test; to run one round of it, replay its token.");
    }

    @Test
    void aDryRunTriesNothing() {
        Inner inner = Inner.run(RetryingTestCases.class, Map.of("chaos.dryRun", "true"));

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.names()).hasSize(3);
        assertThat(inner.published("chaos.sweep").get(0)).contains("in a dry run, which injects nothing");
    }

    /** The bug: who does not know whether a COMMIT has happened does it again. */
    static final class Transfer {
        private Transfer() {}

        static void untilItWorks(DataSource bank, boolean looksFirst) throws SQLException {
            for (int attempt = 1; ; attempt++) {
                try (Connection connection = bank.getConnection()) {
                    commit(connection, looksFirst);
                    return;
                } catch (SQLException e) {
                    if (attempt == 3) {
                        throw e;
                    }
                }
            }
        }

        private static void commit(Connection connection, boolean looksFirst) throws SQLException {
            connection.setAutoCommit(false);
            if (!looksFirst || Bank.balances(connection).equals(List.of(1000, 1000))) {
                Bank.add(connection, 1, -100);
                Bank.add(connection, 2, 100);
            }
            connection.commit();
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class RetryingTestCases {
        @ChaosSweep(faults = {"connection lost", "57P01"})
        void moneyIsMovedOnce(DataSource bank) throws SQLException {
            Transfer.untilItWorks(bank, false);
            assertThat(Bank.balances(bank)).isEqualTo(List.of(900, 1100));
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class MendedTestCases {
        static boolean isMended;

        @ChaosSweep(faults = "connection lost")
        void addsOnce(DataSource bank) throws SQLException {
            try {
                Bank.add(bank, 1, 1);
            } catch (SQLException e) {
                if (isMended) {
                    throw e;
                }
                Bank.add(bank, 1, 1);
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class IdempotentTestCases {
        @ChaosSweep(faults = {"connection lost", "57P01"})
        void moneyIsMovedOnce(DataSource bank) throws SQLException {
            Transfer.untilItWorks(bank, true);
            assertThat(Bank.balances(bank)).isEqualTo(List.of(900, 1100));
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class TwoStatementsTestCases {
        @ChaosSweep
        void twice(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                Bank.add(connection, 1, -100);
                connection.commit();
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class SerializableTestCases {
        @ChaosSweep(faults = "40001")
        void conflicts(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                connection.setAutoCommit(false);
                Bank.add(connection, 1, -100);
                connection.commit();
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("deferrable.sql")
    static class DeferrableTestCases {
        @ChaosSweep(faults = "23505")
        void commits(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.executeUpdate("INSERT INTO seat VALUES (1)");
                connection.commit();
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class PoolTestCases {
        @ChaosSweep(faults = {"no connection", "57P01"})
        void borrows(HikariDataSource bank) throws SQLException {
            Bank.add(bank, 1, 1);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class RowsTestCases {
        @ChaosSweep(faults = "connection lost")
        void reads(Connection connection) throws SQLException {
            Bank.add(connection, 1, 1);
            Bank.balances(connection);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class WorkersTestCases {
        @ChaosSweep(faults = {"57014", "slow"})
        void eachAdds(Workers<Connection> workers, DataSource bank) throws Exception {
            var outcomes = workers.run(worker -> Bank.add(worker.resource(), 1, 1));
            if (outcomes.failures().isEmpty()) {
                assertThat(Bank.balances(bank)).isEqualTo(List.of(1004, 1000));
            }
        }
    }
}
