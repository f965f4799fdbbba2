// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.cluster.ClusterFixture;
import dev.chaostest.postgres.cluster.Db;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BranchRefusalTest extends ClusterFixture {
    private Branches branches;
    private Branch main;

    @BeforeEach
    void open() throws SQLException {
        branches = Branches.open(scope, installation);
        main = branches.main();
        watch(List.of(main.server()));
        Db.execute(main.server(), "CREATE TABLE item AS SELECT 1 AS id");
    }

    @Test
    void momentsOutsideOfItsHistory() {
        Instant early = Instant.parse("2001-01-01T00:00:00Z");
        assertThatThrownBy(() -> main.branchAt("x", RecoveryTarget.time(early)))
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching("A recovery target of branch main must lie between 20\\S+Z and 20\\S+Z, but was"
                        + " time 2001-01-01T00:00:00Z\\. Name a moment in its history\\.");
        assertThatThrownBy(() -> main.restore(RecoveryTarget.time(Instant.parse("2999-01-01T00:00:00Z"))))
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching("A recovery target of branch main must lie between 20\\S+Z and 20\\S+Z, but was"
                        + " time 2999-01-01T00:00:00Z\\. Name a moment in its history\\.");
        for (String lsn : List.of("0/1", "FF/0")) {
            assertThatThrownBy(() -> main.readAt(RecoveryTarget.lsn(lsn)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageMatching("A recovery target of branch main must lie between 0/[0-9A-F]+ and 0/[0-9A-F]+,"
                            + " but was lsn " + lsn + "\\. Name a moment in its history\\.");
        }
        assertThatThrownBy(() -> main.branchAt("x", RecoveryTarget.xid(1_000_000)))
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching("A recovery target of branch main must lie between the first copy and xid \\d+, but"
                        + " was xid 1000000\\. Name a moment in its history\\.");
        assertThat(branches.all()).containsExactly(main);
    }

    @Test
    void aNameThatTheArchiveDoesNotKnow() throws SQLException {
        String message =
                "(?s)%s must arrive at name nobody in the history of branch main, but its server ended before\\. Name"
                        + " a moment that is in there: a mark, or a time, place or transaction of the past\\. Its log ends"
                        + " with:\n"
                        + ".*recovery ended before configured recovery target was reached.*";
        assertThatThrownBy(() -> main.branchAt("x", RecoveryTarget.name("nobody")))
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching(message.formatted("Branch x"));
        assertThatThrownBy(() -> main.restore(RecoveryTarget.name("nobody")))
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching(message.formatted("An endpoint of branch main"));
        assertThat(branches.all()).containsExactly(main);
        assertThat(Db.query(main.server(), "SELECT id FROM item"))
                .as("it was tried aside")
                .isEqualTo("1");
    }

    @Test
    void aTransactionThatHasNotEnded() throws SQLException {
        try (Connection open = Db.connect(main.jdbcUrl())) {
            open.setAutoCommit(false);
            long xid = Long.parseLong(Db.query(open, "SELECT pg_current_xact_id()"));
            Db.execute(main.server(), "INSERT INTO item VALUES (2)");
            assertThatThrownBy(() -> main.branchAt("x", RecoveryTarget.xid(xid)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageMatching("(?s)Branch x must arrive at xid " + xid + " in the history of branch main, but"
                            + " its server ended before\\. .*");
        }
    }

    @Test
    void pointsThatAreNoneOfItsOwn() {
        Branch child = main.branchNow("child");
        watch(List.of(child.server()));
        RestorePoint ofMain = main.mark("m");
        RestorePoint ofChild = child.mark("c");
        refused(
                () -> child.branchAt("x", ofMain),
                "A branch of child must begin at a point of child, but \"m\" of branch main is another's. Branch that"
                        + " one.");
        refused(
                () -> child.readAt(ofMain),
                "A branch of child must begin at a point of child, but \"m\" of branch main is another's. Branch that"
                        + " one.");
        child.resetToParent();
        refused(
                () -> child.restore(ofChild),
                "Restore point \"c\" of branch child must be in the history that its branch has, but the branch was"
                        + " reset since. Mark another point.");
        refused(
                main::resetToParent,
                "Branch main must have a parent to be reset to, but has none. Restore it to a mark.");
    }

    @Test
    void namesAndOrder() {
        Branch child = main.branchNow("child");
        watch(List.of(child.server()));
        refused(
                () -> main.branchNow("child"),
                "A branch's name must be new, but there is a branch child already. Choose another, or close that one.");
        refused(
                () -> main.branchNow("a b"),
                "A branch's name must be 1 to 40 letters, digits, - or _, but was \"a b\". Use for example"
                        + " \"branch-1\".");
        refused(
                () -> branches.branch("other"),
                "A branch must be one of [main, child], but was \"other\". Make it first, or name another.");
        refused(main::close, "Branch main must have no branches to be closed, but has [child]. Close them first.");
        refused(
                () -> Branches.open(scope, installation, Map.of("archive_mode", "always")),
                "Branches need archive_mode for themselves, but the settings have it: \"always\". Leave it out.");
        assertThat(child.server().isRunning()).isTrue();
    }

    @Test
    void moreLogThanThereIsRoomFor() throws IOException {
        Path archive = main.server().dataDirectory().resolve("chaostest/archive");
        for (int i = 0; i <= 4096; i++) {
            Files.createFile(archive.resolve("file" + i));
        }
        assertThatThrownBy(() -> main.branchNow("x"))
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching("The history of branch main must hold at most 4096 MB of write-ahead log, but holds"
                        + " 4\\d\\d\\d\\. Write less, or reset the branch to one with less\\.");
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ChaosException.class).hasMessage(message);
    }
}
