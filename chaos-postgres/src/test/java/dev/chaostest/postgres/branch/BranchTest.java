// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.cluster.ClusterFixture;
import dev.chaostest.postgres.cluster.Db;
import dev.chaostest.postgres.cluster.Standby;
import dev.chaostest.postgres.integrity.ConsistencyMarker;
import dev.chaostest.postgres.server.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BranchTest extends ClusterFixture {
    private Branches branches;
    private Branch main;

    @BeforeEach
    void open() throws SQLException {
        branches = Branches.open(scope, installation);
        main = branches.main();
        watch(List.of(main.server()));
        Db.execute(main.server(), "CREATE TABLE item (id int)");
    }

    @Test
    void aBranchHasWhatWasCommittedAndThenALifeOfItsOwn() throws SQLException {
        insert(main, 1);
        Branch child = watched(main.branchNow("child"));
        insert(main, 2);
        insert(child, 3);

        assertThat(items(main)).isEqualTo("1,2");
        assertThat(items(child)).isEqualTo("1,3");
        assertThat(child.parent()).contains(main);
        assertThat(main.children()).containsExactly(child);
        assertThat(branches.all()).containsExactly(main, child);
        assertThat(branches.branch("child")).isSameAs(child);
    }

    @Test
    void aBranchOfABranchOfABranch() throws SQLException {
        Branch last = main;
        for (int depth = 1; depth <= 3; depth++) {
            insert(last, depth);
            last = watched(last.branchNow("depth_" + depth));
        }
        insert(last, 4);
        assertThat(items(last)).isEqualTo("1,2,3,4");
        assertThat(items(main)).isEqualTo("1");
    }

    @Test
    void everyKindOfMomentIsRowExact() throws SQLException {
        insert(main, 1);
        Instant time = Instant.parse(
                Db.query(main.server(), "SELECT to_json(clock_timestamp() AT TIME ZONE 'UTC') #>> '{}'") + "Z");
        RestorePoint mark = main.mark("mark");
        long xid;
        try (Connection connection = Db.connect(main.jdbcUrl())) {
            connection.setAutoCommit(false);
            xid = Long.parseLong(Db.query(connection, "SELECT pg_current_xact_id()"));
            Db.execute(connection, "INSERT INTO item VALUES (2)");
            connection.commit();
        }
        insert(main, 3);

        assertThat(items(watched(main.branchAt("by_time", RecoveryTarget.time(time)))))
                .isEqualTo("1");
        assertThat(items(watched(main.branchAt("by_mark", mark)))).isEqualTo("1");
        assertThat(items(watched(main.branchAt("by_name", RecoveryTarget.name("mark")))))
                .isEqualTo("1");
        assertThat(items(watched(main.branchAt("by_lsn", RecoveryTarget.lsn(mark.lsn())))))
                .isEqualTo("1");
        assertThat(items(watched(main.branchAt("by_xid", RecoveryTarget.xid(xid)))))
                .isEqualTo("1,2");
        assertThat(items(watched(main.branchAt("before_xid", RecoveryTarget.beforeXid(xid)))))
                .isEqualTo("1");
        assertThat(mark.at()).isAfterOrEqualTo(time);
    }

    @Test
    void aDroppedTableComesBackInABranch() throws SQLException {
        insert(main, 1);
        RestorePoint before = main.mark("before the mistake");
        Db.execute(main.server(), "DROP TABLE item");
        assertThat(items(watched(main.branchAt("saved", before)))).isEqualTo("1");
    }

    @Test
    void whatIsNotCommittedIsNotInTheBranch() throws SQLException {
        try (Connection open = Db.connect(main.jdbcUrl())) {
            open.setAutoCommit(false);
            Db.execute(open, "INSERT INTO item VALUES (1)");
            Branch child = watched(main.branchNow("child"));
            open.commit();
            assertThat(items(child)).isEqualTo("null");
            assertThat(items(main)).isEqualTo("1");
        }
    }

    @Test
    void restoringPutsABranchBackInPlaceAndTheStateBeforeCanBeKept() throws SQLException {
        insert(main, 1);
        RestorePoint first = main.mark("first");
        insert(main, 2);
        RestorePoint second = main.mark("second");
        String url = main.jdbcUrl();
        try (Connection open = Db.connect(url)) {
            Branch kept = watched(main.branchNow("kept"));
            main.restore(first);

            assertThat(Db.state(() -> Db.query(open, "SELECT 1"))).isEqualTo("57P01");
            assertThat(items(kept)).isEqualTo("1,2");
        }
        assertThat(main.jdbcUrl()).isEqualTo(url);
        assertThat(items(main)).isEqualTo("1");
        insert(main, 3);
        RestorePoint third = main.mark("third");

        main.restore(second);
        assertThat(items(main)).as("the future that was left").isEqualTo("1,2");
        main.restore(third);
        assertThat(items(main)).isEqualTo("1,3");
        assertThat(third.timeline()).isEqualTo(2);
        assertThat(commands())
                .containsExactly(
                        "restore branch main to \"first\" of branch main",
                        "restore branch main to \"second\" of branch main",
                        "restore branch main to \"third\" of branch main");
    }

    @Test
    void restoringByTransactionUndoesAMistake() throws SQLException {
        insert(main, 1);
        String xid = Db.query(main.server(), "WITH d AS (DELETE FROM item) SELECT pg_current_xact_id()");
        assertThat(items(main)).isEqualTo("null");
        main.restore(RecoveryTarget.beforeXid(Long.parseLong(xid)));
        assertThat(items(main)).isEqualTo("1");
    }

    @Test
    void aBranchIsResetToItsParentAndTakesAnothersMoment() throws SQLException {
        Branch child = watched(main.branchNow("child"));
        insert(child, 1);
        insert(main, 2);
        RestorePoint ofMain = main.mark("two");
        insert(main, 3);

        child.resetToParent();
        assertThat(items(child)).isEqualTo("2,3");

        child.restore(ofMain);
        assertThat(items(child)).isEqualTo("2");
        insert(child, 4);
        RestorePoint ofChild = child.mark("four");
        insert(child, 5);
        child.restore(ofChild);
        assertThat(items(child)).isEqualTo("2,4");
        assertThat(items(main)).isEqualTo("2,3");
    }

    @Test
    void aReaderFollowsItsBranchThroughARestore() throws SQLException {
        Standby reader = main.addReader();
        watch(List.of(reader.server()));
        insert(main, 1);
        RestorePoint one = main.mark("one");
        insert(main, 2);
        reader.awaitCaughtUp();
        assertThat(items(reader.server())).isEqualTo("1,2");
        assertThat(Db.state(() -> Db.execute(reader.server(), "INSERT INTO item VALUES (3)")))
                .isEqualTo("25006");

        main.restore(one);

        reader.awaitCaughtUp();
        assertThat(items(reader.server())).isEqualTo("1");
        insert(main, 4);
        reader.awaitCaughtUp();
        assertThat(items(reader.server())).isEqualTo("1,4");
        assertThat(main.readers()).containsExactly(reader);
        reader.close();
        assertThat(main.readers()).isEmpty();
        assertThat(Db.query(main.server(), "SELECT count(*) FROM pg_replication_slots"))
                .isEqualTo("0");
    }

    @Test
    void anEndpointStandsStillAtItsMoment() throws SQLException {
        insert(main, 1);
        RestorePoint one = main.mark("one");
        insert(main, 2);
        ReadOnlyEndpoint past = main.readAt(one);
        watch(List.of(past.server()));

        assertThat(items(past.server())).isEqualTo("1");
        assertThat(Db.state(() -> Db.query(past.jdbcUrl(), "DELETE FROM item"))).isEqualTo("25006");
        insert(main, 3);
        assertThat(items(past.server())).isEqualTo("1");
        assertThat(past)
                .hasToString("endpoint on port " + past.server().port() + " at lsn " + one.lsn() + " of branch main");
        past.close();
        assertThat(past.server().isRunning()).isFalse();
    }

    @Test
    void aSnapshotShowsTheMarkerThatWasTaintedLater() throws SQLException {
        ConsistencyMarker marker;
        RestorePoint snapshot;
        try (Connection connection = Db.connect(main.jdbcUrl())) {
            marker = ConsistencyMarker.write(connection, "snapshot1");
            snapshot = main.mark("snapshot1");
            marker.taint(connection);
        }
        main.restore(snapshot);
        try (Connection connection = Db.connect(main.jdbcUrl())) {
            marker.verify(connection);
        }
    }

    @Test
    void muchOfALogIsNotReplayedAgainAndAgain() throws SQLException {
        RestorePoint early = main.mark("early");
        Db.execute(main.server(), "CREATE TABLE big AS SELECT repeat('x', 2000) AS x FROM generate_series(1, 40000)");
        main.branchNow("first").close();
        insert(main, 1);
        Branch late = watched(main.branchNow("late"));
        assertThat(items(late)).isEqualTo("1");
        assertThat(late.history().before(Goal.of(late.mark("now"))))
                .isNotSameAs(late.history().oldest());
        assertThat(items(watched(main.branchAt("early", early)))).isEqualTo("null");
    }

    @Test
    void settingsAreForAllBranches() throws SQLException {
        Branches others = Branches.open(scope, installation, Map.of("work_mem", "7MB"));
        Branch child = watched(others.main().branchNow("child"));
        watch(List.of(others.main().server()));
        assertThat(Db.query(others.main().server(), "SHOW work_mem")).isEqualTo("7MB");
        assertThat(Db.query(child.server(), "SHOW work_mem")).isEqualTo("7MB");
    }

    @Test
    void aClosedBranchIsGoneAndItsNameFree() throws SQLException {
        Branch child = watched(main.branchNow("child"));
        child.close();
        child.close();
        assertThat(branches.all()).containsExactly(main);
        insert(main, 1);
        assertThat(items(watched(main.branchNow("child")))).isEqualTo("1");
    }

    private Branch watched(Branch branch) {
        watch(List.of(branch.server()));
        return branch;
    }

    private static void insert(Branch branch, int id) throws SQLException {
        Db.execute(branch.server(), "INSERT INTO item VALUES (" + id + ")");
    }

    private static String items(Branch branch) throws SQLException {
        return items(branch.server());
    }

    private static String items(PostgresServer server) throws SQLException {
        return Db.query(server, "SELECT string_agg(id::text, ',' ORDER BY id) FROM item");
    }
}
