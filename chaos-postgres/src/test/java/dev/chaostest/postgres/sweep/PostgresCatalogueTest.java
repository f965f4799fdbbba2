// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.explore.Candidate;
import dev.chaostest.explore.Catalogue.Role;
import dev.chaostest.explore.Point;
import dev.chaostest.explore.Possible;
import dev.chaostest.explore.Recorded;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.pool.NoConnection;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PostgresCatalogueTest {

    private static final String UPDATE = "UPDATE account SET balance = ? WHERE id = ?";
    private static final String READ = "SELECT balance FROM account WHERE id = ?";

    private static PostgresCatalogue catalogue(boolean serializing, boolean deferrable) {
        return new PostgresCatalogue(new PostgresCatalogue.Facts(serializing, deferrable), false);
    }

    private static Point point(String lane, String sql, int nth) {
        Hit hit = new Hit(new Site("sql", sql.startsWith("BEGIN") ? "BEGIN" : sql), new Lane(lane), nth);
        return new Point(hit, 1, 1, false, sql, "Bank.pay:7", List.of());
    }

    /** What is possible at the last of these statements of one session. */
    private static Possible last(PostgresCatalogue catalogue, String... statements) {
        List<Point> points = new ArrayList<>();
        for (String each : statements) {
            points.add(point("connection-1", each, points.size() + 1));
        }
        Recorded round = new Recorded(points, points, 0);
        return catalogue.at(points.get(points.size() - 1), round);
    }

    private static List<String> words(Possible possible) {
        return possible.candidates().stream()
                .filter(each -> !each.onlyNamed())
                .map(Candidate::words)
                .toList();
    }

    private static List<String> onRequest(Possible possible) {
        return possible.candidates().stream()
                .filter(Candidate::onlyNamed)
                .map(Candidate::words)
                .toList();
    }

    @Nested
    class Sites {

        private final PostgresCatalogue catalogue = catalogue(false, false);

        private Role role(String seam, String name) {
            return catalogue.role(new Site(seam, name));
        }

        @Test
        void statementsConnectsAndThePoolArePoints() {
            assertThat(role("sql", UPDATE)).isEqualTo(Role.POINT);
            assertThat(role("sql", "COMMIT")).isEqualTo(Role.POINT);
            assertThat(role("sql", "connect")).isEqualTo(Role.POINT);
            assertThat(role("pool", "acquire")).isEqualTo(Role.POINT);
        }

        @Test
        void rowsAreAStream() {
            assertThat(role("wire", "DataRow of " + READ)).isEqualTo(Role.STREAM);
        }

        @Test
        void whatDriversSendByThemselvesIsNone() {
            assertThat(role("sql", "SET application_name = ?")).isEqualTo(Role.NONE);
            assertThat(role("sql", "(empty)")).isEqualTo(Role.NONE);
            assertThat(role("wire", "DataRow of SHOW TRANSACTION ISOLATION LEVEL"))
                    .isEqualTo(Role.NONE);
            assertThat(role("sql", "disconnect")).isEqualTo(Role.NONE);
        }

        @Test
        void whatSetsTheLevelTellsAboutOthers() {
            assertThat(role("sql", "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
                    .isEqualTo(Role.CONTEXT);
        }

        @Test
        void otherMessagesArePointsOnRequest() {
            assertThat(role("wire", "ReadyForQuery")).isEqualTo(Role.NONE);
            PostgresCatalogue asked = new PostgresCatalogue(catalogue.facts(), true);
            assertThat(asked.role(new Site("wire", "ReadyForQuery"))).isEqualTo(Role.POINT);
        }

        @Test
        void theyAreNamedAsAUserWould() {
            assertThat(catalogue.naming(new Site("sql", UPDATE))).isEqualTo("UPDATE account");
            assertThat(catalogue.naming(new Site("sql", "COMMIT"))).isEqualTo("COMMIT");
            assertThat(catalogue.naming(
                            new Site("sql", "CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT id FROM product")))
                    .isEqualTo("CREATE TABLE staged");
            assertThat(catalogue.naming(new Site("sql", "create unique index if not exists i on t (a)")))
                    .isEqualTo("create index i");
            assertThat(catalogue.naming(new Site("sql", "DROP TABLE IF EXISTS staged, other")))
                    .isEqualTo("DROP TABLE staged");
            assertThat(catalogue.naming(new Site("pool", "acquire"))).isEqualTo("getConnection");
        }
    }

    @Nested
    class Options {

        @Test
        void aWriteOutsideATransactionCanLoseItsAnswer() {
            assertThat(words(last(catalogue(false, false), UPDATE)))
                    .containsExactly(
                            "connection lost before",
                            "connection lost after",
                            "40P01 on",
                            "55P03 on",
                            "57014 on",
                            "57P01 on");
        }

        @Test
        void insideATransactionItGoesWithThat() {
            assertThat(words(last(catalogue(false, false), "BEGIN", UPDATE)))
                    .containsExactly("connection lost before", "40P01 on", "55P03 on", "57014 on", "57P01 on");
        }

        @Test
        @Timeout(30) // a search among all before each would take minutes
        void aRoundOfManyStatementsIsLookedThroughOnce() {
            List<Point> points = new ArrayList<>();
            for (int i = 1; i <= 20_000; i++) {
                points.add(point("connection-1", i % 5 == 1 ? "BEGIN" : i % 5 == 0 ? "COMMIT" : UPDATE + " + " + i, i));
            }
            Recorded round = new Recorded(points, points, 0);

            PostgresCatalogue catalogue = catalogue(false, false);
            assertThat(points)
                    .allSatisfy(each ->
                            assertThat(catalogue.at(each, round).candidates()).hasSizeLessThan(10));
        }

        @Test
        void anAnswerThatNeverComesIsTriedOnRequest() {
            assertThat(onRequest(last(catalogue(false, false), "BEGIN", UPDATE)))
                    .containsExactly("no answer to");
            assertThat(onRequest(last(catalogue(false, false), READ))).containsExactly("no answer to");
            for (List<String> ending : List.of(List.of(UPDATE), List.of("BEGIN", UPDATE, "COMMIT"))) {
                assertThat(onRequest(last(catalogue(false, false), ending.toArray(String[]::new))))
                        .containsExactly("no answer to", "no answer, though done, to");
            }
        }

        @Test
        void aReadWaitsForNoRowAndHasNoEffect() {
            assertThat(words(last(catalogue(false, false), READ)))
                    .containsExactly("connection lost before", "57014 on", "57P01 on");
            assertThat(words(last(catalogue(false, false), READ + " FOR UPDATE")))
                    .contains("40P01 on", "55P03 on");
            assertThat(words(last(catalogue(false, false), "SELECT pay(?)"))).contains("connection lost after");
        }

        @Test
        void conflictsNeedTheirLevelWhereverItIsSaid() {
            assertThat(words(last(catalogue(true, false), UPDATE))).contains("40001 on");
            assertThat(words(last(catalogue(true, false), "BEGIN ISOLATION LEVEL READ COMMITTED", UPDATE)))
                    .doesNotContain("40001 on");
            assertThat(words(last(catalogue(false, false), "BEGIN ISOLATION LEVEL REPEATABLE READ", UPDATE)))
                    .contains("40001 on");
            assertThat(words(last(
                            catalogue(false, false),
                            "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                            "BEGIN",
                            UPDATE,
                            "COMMIT")))
                    .contains("40001 on");
            assertThat(words(last(
                            catalogue(false, false),
                            "BEGIN",
                            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                            UPDATE,
                            "COMMIT",
                            UPDATE)))
                    .doesNotContain("40001 on");
        }

        @Test
        void aCommitCanLoseItsAnswerAndMeetDeferredConstraints() {
            assertThat(words(last(catalogue(false, false), "BEGIN", UPDATE, "COMMIT")))
                    .containsExactly("connection lost before", "connection lost after", "57P01 on");
            assertThat(words(last(catalogue(false, true), "BEGIN", UPDATE, "COMMIT")))
                    .contains("23503 on", "23505 on");
        }

        @Test
        void nothingFailsAtBeginAndARollbackOnlyLosesItsConnection() {
            Possible begin = last(catalogue(false, false), "BEGIN");
            assertThat(begin.candidates()).isEmpty();
            assertThat(begin.pruned())
                    .containsExactly(
                            "connection lost at BEGIN, which travels with the next statement",
                            "error of the server at BEGIN, ROLLBACK or a savepoint, which don't fail so");
            assertThat(words(last(catalogue(false, false), "BEGIN", UPDATE, "ROLLBACK")))
                    .containsExactly("connection lost before");
        }

        @Test
        void aConnectIsRefused() {
            assertThat(words(last(catalogue(false, false), "connect")))
                    .containsExactly("connection lost before", "53300 on", "57P03 on");
        }

        @Test
        void rowsAreLostAmid() {
            Hit hit = new Hit(new Site("wire", "DataRow of " + READ), new Lane("connection-1"), 1);
            Point rows = new Point(hit, 1, 3, false, "", null, List.of());
            Point row = new Point(hit, 1, 1, false, "", null, List.of());
            Recorded round = new Recorded(List.of(rows), List.of(rows), 0);

            assertThat(words(catalogue(false, false).at(rows, round)))
                    .containsExactly("connection lost amid the rows of");
            assertThat(catalogue(false, false).at(row, round).pruned())
                    .containsExactly("connection lost amid a single row: the same as at its statement");
        }

        private Possible atMessage(List<Point> points, int place) {
            PostgresCatalogue asked = new PostgresCatalogue(new PostgresCatalogue.Facts(false, false), true);
            return asked.at(points.get(place), new Recorded(points, points, 0));
        }

        private Point message(String lane, String name, int length) {
            return message(lane, name, length, 1);
        }

        private Point message(String lane, String name, int length, int nth) {
            Hit hit = new Hit(new Site("wire", name), new Lane(lane), nth);
            return new Point(hit, nth, length, false, "", null, List.of());
        }

        @Test
        void onlyTheLastMessageOfAConnectionHasAnAfterOfItsOwn() {
            List<Point> points = List.of(
                    message("connection-1", "Parse", 1),
                    message("connection-2", "Query", 1),
                    message("connection-1", "CancelRequest", 1),
                    message("connection-1", "ReadyForQuery", 1),
                    message("connection-2", "Terminate", 1),
                    message("connection-1", "CancelRequest", 1, 2));

            assertThat(words(atMessage(points, 0))).containsExactly("connection lost before");
            assertThat(atMessage(points, 0).pruned())
                    .containsExactly("connection lost after a message: the same as before the next one");
            assertThat(words(atMessage(points, 1))).containsExactly("connection lost before");
            assertThat(atMessage(points, 2).pruned())
                    .containsExactly("connection lost after CancelRequest, which has no answer");
            assertThat(words(atMessage(points, 3))).containsExactly("connection lost before", "connection lost after");
            assertThat(atMessage(points, 4).pruned()).containsExactly("connection lost after Terminate, which ends it");
        }

        @Test
        void rowsAreCancelledAmidWhereMessagesAreAskedFor() {
            List<Point> rows = List.of(message("connection-1", "DataRow of " + READ, 3));
            assertThat(words(atMessage(rows, 0)))
                    .containsExactly("connection lost amid the rows of", "57014 amid the rows of");
            assertThat(onRequest(atMessage(rows, 0))).containsExactly("no answer amid the rows of");

            List<Point> row = List.of(message("connection-1", "DataRow of " + READ, 1));
            assertThat(atMessage(row, 0).candidates()).isEmpty();
            assertThat(atMessage(row, 0).pruned()).contains("57014 amid a single row: the same as at its statement");
        }

        @Test
        void aSingleRowOfALaterFetchIsAmidTheRows() {
            List<Point> fetches = List.of(
                    message("connection-1", "DataRow of " + READ, 1),
                    message("connection-1", "PortalSuspended", 1),
                    message("connection-1", "DataRow of " + READ, 1, 2));

            assertThat(atMessage(fetches, 0).candidates()).isEmpty();
            assertThat(words(atMessage(fetches, 2)))
                    .containsExactly("connection lost amid the rows of", "57014 amid the rows of");

            List<Point> twice = List.of(fetches.get(0), point("connection-1", READ, 2), fetches.get(2));
            assertThat(atMessage(twice, 2).candidates())
                    .as("of another execution")
                    .isEmpty();
        }

        @Test
        void whatHasWrittenByItselfIsNotCancelledAmidItsRows() {
            List<Point> alone = List.of(message("connection-1", "DataRow of " + UPDATE + " RETURNING id", 3));
            assertThat(words(atMessage(alone, 0))).containsExactly("connection lost amid the rows of");
            assertThat(atMessage(alone, 0).pruned())
                    .contains("57014 amid the rows of what has written by itself, which can't be cancelled then");

            List<Point> inTransaction = List.of(
                    point("connection-1", "BEGIN", 1),
                    message("connection-1", "DataRow of " + UPDATE + " RETURNING id", 3));
            assertThat(words(atMessage(inTransaction, 1))).contains("57014 amid the rows of");
        }

        @Test
        void sessionsThatTakeTurnsAreSlowedDown() {
            List<Point> points =
                    List.of(point("worker-1", UPDATE, 1), point("worker-2", UPDATE, 1), point("worker-1", "COMMIT", 1));

            assertThat(words(catalogue(false, false).at(points.get(0), new Recorded(points, points, 0))))
                    .contains("slow before");
            assertThat(words(last(catalogue(false, false), UPDATE, "COMMIT"))).doesNotContain("slow before");
        }

        @Test
        void eachOfItsFaultsHasAName() {
            for (String statement : List.of(UPDATE, "COMMIT", "connect")) {
                assertThat(last(catalogue(true, true), statement).candidates())
                        .extracting(Candidate::name)
                        .allMatch(catalogue(true, true).names()::contains);
            }
        }
    }

    @Nested
    class Exceptions {

        private boolean isInjected(Throwable thrown, Fault fault, String answer) {
            Target target = fault instanceof NoConnection ? PoolMount.acquire() : SqlTarget.any();
            Rule rule = Rule.of(target, Trigger.nth(1), fault);
            Hit hit = new Hit(new Site("sql", UPDATE), new Lane("connection-1"), 1);
            LedgerEntry.Fired fired = new LedgerEntry.Fired(1, Duration.ZERO, hit, rule, fault, UPDATE, null);
            return catalogue(false, false).isInjected(thrown, fired, Optional.of(answer));
        }

        @Test
        void theStateOfTheErrorTells() {
            ServerError conflict = ServerError.of("40001");
            assertThat(isInjected(new SQLException("", "40001"), conflict, "40001"))
                    .isTrue();
            assertThat(isInjected(new SQLException("", "40P01"), conflict, "40001"))
                    .isFalse();
            assertThat(isInjected(new IllegalStateException("40001"), conflict, "40001"))
                    .isFalse();
        }

        @Test
        void whatCameBackInsteadTellsToo() {
            assertThat(isInjected(new SQLException("", "25P02"), ServerError.of("40001"), "25P02"))
                    .isTrue();
        }

        @Test
        void anElementOfABatchTells() {
            BatchUpdateException batch = new BatchUpdateException("", "HY000", new int[0]);
            batch.setNextException(new SQLException("", "40001"));
            assertThat(isInjected(batch, ServerError.of("40001"), "40001")).isTrue();
        }

        @Test
        void aLostConnectionIsOneOfItsClass() {
            Cut cut = new Cut(When.AFTER);
            assertThat(isInjected(new SQLException("", "08006"), cut, "connection lost"))
                    .isTrue();
            assertThat(isInjected(new SQLException("", "08001"), cut, "connection lost"))
                    .isTrue();
            assertThat(isInjected(new SQLException("no state"), cut, "connection lost"))
                    .isFalse();
            assertThat(isInjected(new SQLException("", "08006"), ServerError.of("57P01"), "57P01"))
                    .isTrue();
            assertThat(isInjected(new SQLException("", "08006"), ServerError.of("57014"), "57014"))
                    .isFalse();
        }

        @Test
        void aTimeoutIsWhatComesOfAnAnswerThatNeverComes() {
            Hang hang = new Hang(When.BEFORE);
            assertThat(isInjected(new SQLException("", "08006"), hang, "")).isTrue();
            assertThat(isInjected(new SQLException("", "57014"), hang, "")).isTrue();
            assertThat(isInjected(new SQLException("", "08003"), hang, "")).isFalse();
            assertThat(isInjected(new SQLException("", "40001"), hang, "")).isFalse();
        }

        @Test
        void aConnectionThatIsClosedAlreadyTellsNothing() {
            SQLException hikari = new SQLException("Connection is closed");
            hikari.setStackTrace(new StackTraceElement[] {
                new StackTraceElement("com.zaxxer.hikari.pool.ProxyConnection$ClosedConnection", "invoke", "", 1)
            });
            for (SQLException thrown : List.of(new SQLException("", "08003"), hikari)) {
                assertThat(isInjected(thrown, new Cut(When.AFTER), "connection lost"))
                        .isFalse();
                assertThat(isInjected(thrown, ServerError.of("57P01"), "57P01")).isFalse();
            }
        }

        @Test
        void aPoolWithoutConnectionsIsATransientOne() {
            NoConnection none = NoConnection.timedOut();
            assertThat(isInjected(new SQLTransientConnectionException(), none, ""))
                    .isTrue();
            assertThat(isInjected(new SQLException("", "08001"), none, "")).isFalse();
        }
    }
}
