// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables that are too large for memory: their old rows stay on the server. */
class OldRowsTest {

    private final TestBank bank = new TestBank(
            "CREATE TABLE big (id int PRIMARY KEY, name text, amount numeric(9,2))",
            "INSERT INTO big SELECT i, 'customer ' || i, i FROM generate_series(1, 20000) i",
            "CREATE TABLE heap (name text)",
            "INSERT INTO heap SELECT 'row ' || i % 100 FROM generate_series(1, 20000) i");
    private final SchemaSnapshots snapshots =
            bank.snapshots(SnapshotOptions.ofDefaults().ignoringCatalog());
    private final SchemaSnapshots copying =
            bank.snapshots(SnapshotOptions.ofDefaults().ignoringCatalog().copyingAll());

    @AfterEach
    void close() {
        snapshots.close();
        copying.close();
        bank.close();
    }

    private static List<String> lines(SchemaSnapshot snapshot, String table) {
        return snapshot.diff().table(table).orElseThrow().lines();
    }

    private void changeAFew() {
        bank.sql(
                "UPDATE big SET amount = 0 WHERE id = 7",
                "DELETE FROM big WHERE id = 8",
                "INSERT INTO big VALUES (0, 'new', 1)",
                "DELETE FROM heap WHERE ctid IN (SELECT ctid FROM heap WHERE name = 'row 5' LIMIT 3)",
                "INSERT INTO heap VALUES ('row 6'), (NULL)");
    }

    private static void requireTheFew(SchemaSnapshot before) {
        assertThat(lines(before, "big"))
                .containsExactly(
                        "  table big: 1 row changed, 1 row removed, 1 row added (20000 before, 20000 after)",
                        "    changed : id=7  amount: 7.00 -> 0.00",
                        "    removed : id=8  name: \"customer 8\", amount: 8.00",
                        "    added   : id=0  name: \"new\", amount: 1.00");
        assertThat(lines(before, "heap"))
                .containsExactlyInAnyOrder(
                        "  table heap: 3 rows removed, 2 rows added (20000 before, 19999 after)",
                        "    removed : 3 x  name: \"row 5\"",
                        "    added   : 1 x  name: \"row 6\"",
                        "    added   : 1 x  name: null");
    }

    @Test
    void anOpenTransactionStillSeesThemAndVacuumLeavesThem() {
        SchemaSnapshot before = snapshots.capture();
        changeAFew();
        bank.sql("VACUUM big", "VACUUM heap");
        requireTheFew(before);
        requireTheFew(before);
    }

    @Test
    void aCopyHoldsThem() {
        SchemaSnapshot before = copying.capture();
        changeAFew();
        requireTheFew(before);
    }

    @Test
    void theOpenTransactionHoldsNoLockOnTables() throws Exception {
        SchemaSnapshot before = snapshots.capture();
        before.diff();
        assertThat(bank.ask("SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
                        + " JOIN pg_stat_activity a ON a.pid = l.pid WHERE a.application_name = '" + bank.name()
                        + "' AND c.relnamespace = '" + bank.quoted() + "'::regnamespace"))
                .isEqualTo("0");
        try (Connection connection = bank.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '10s'");
            statement.execute("ALTER TABLE big ADD COLUMN note text");
            statement.execute("TRUNCATE heap");
            statement.execute("DROP TABLE big");
        }
    }

    @Test
    void afterTruncateTheDiffSaysThatTheOldRowsCanNotBeSeen() {
        SchemaSnapshot before = snapshots.capture();
        bank.sql("TRUNCATE big", "INSERT INTO big SELECT i, 'customer ' || i, i FROM generate_series(1, 19999) i");
        assertThat(lines(before, "big"))
                .containsExactly(
                        "  table big: changed, its old rows can't be seen any more: it was truncated, rewritten or"
                                + " made anew meanwhile; name it in copying(...) for a copy of them (20000 before, 19999"
                                + " after)");
    }

    @Test
    void afterTruncateAndTheSameRowsAgainNothingHasChanged() {
        SchemaSnapshot before = snapshots.capture();
        bank.sql("TRUNCATE big", "INSERT INTO big SELECT i, 'customer ' || i, i FROM generate_series(1, 20000) i");
        before.assertUnchanged();
    }

    @Test
    void aCopyTellsTheRowsAfterTruncate() {
        SchemaSnapshot before = copying.capture();
        bank.sql("TRUNCATE big", "INSERT INTO big SELECT i, 'customer ' || i, i FROM generate_series(1, 19999) i");
        assertThat(lines(before, "big"))
                .containsExactly(
                        "  table big: 1 row removed (20000 before, 19999 after)",
                        "    removed : id=20000  name: \"customer 20000\", amount: 20000.00");
    }

    @Test
    void memoryTellsTheRowsOfASmallTableAfterTruncate() {
        bank.sql("CREATE TABLE small (id int PRIMARY KEY)", "INSERT INTO small VALUES (1)");
        SchemaSnapshot before = snapshots.capture();
        bank.sql("TRUNCATE small");
        assertThat(lines(before, "small"))
                .containsExactly("  table small: 1 row removed (1 before, 0 after)", "    removed : id=1  ");
    }

    @Test
    void aTableThatIsRewrittenWithChangesSaysSo() {
        SchemaSnapshot before = snapshots.capture();
        bank.sql(
                "ALTER TABLE big ADD COLUMN extra uuid DEFAULT gen_random_uuid()", // rewrites
                "UPDATE big SET name = 'x' WHERE id = 1");
        assertThat(lines(before, "big").get(0)).contains("its old rows can't be seen any more");
    }

    @Test
    void vacuumFullKeepsThem() {
        SchemaSnapshot before = snapshots.capture();
        changeAFew();
        bank.sql("VACUUM FULL big", "VACUUM FULL heap");
        requireTheFew(before);
    }

    @Test
    void aSessionThatWasTerminatedSaysSo() {
        SchemaSnapshot before = snapshots.capture();
        String pid = bank.ask("SELECT pid FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND application_name = '"
                + bank.name() + "'");
        bank.ask("SELECT pg_terminate_backend(" + pid + ", 30000)");
        changeAFew();
        assertThat(lines(before, "big").get(0)) // 57P01, or 08006 where its end was seen first
                .contains("changed, its old rows can't be read any more: the database answered ");
        before.close();
    }

    @Test
    void closingLeavesNoCopyAndNoTransaction() {
        SchemaSnapshot held = snapshots.capture();
        SchemaSnapshot copied = copying.capture();
        held.close();
        copied.close();
        held.close();
        copied.close();
    }

    @Test
    void manyChangesNeedNoMemory() {
        SchemaSnapshot before = snapshots.capture();
        bank.sql("UPDATE big SET amount = amount + 1", "DELETE FROM heap");
        assertThat(lines(before, "big").get(0))
                .isEqualTo("  table big: 20000 rows changed (20000 before, 20000 after)");
        assertThat(lines(before, "heap").get(0)).isEqualTo("  table heap: 20000 rows removed (20000 before, 0 after)");
    }
}
