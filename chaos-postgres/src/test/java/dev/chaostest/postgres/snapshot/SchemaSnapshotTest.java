// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.snapshot.SnapshotDiff;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemaSnapshotTest {

    private static final String ACCOUNT =
            "CREATE TABLE account (id int PRIMARY KEY, owner text NOT NULL, balance numeric(12,2) NOT NULL)";
    private static final String ROWS = "INSERT INTO account VALUES (1, 'ann', 1000), (2, 'bob', 1000), (3, 'cyd', 0)";

    @Test
    void nothingChangedIsGreen() {
        try (TestBank bank = new TestBank(ACCOUNT, ROWS);
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            before.assertUnchanged();
            assertThat(before.rows()).containsEntry("account", 3L).hasSize(1);
            assertThat(before.diff()).hasToString("Schema \"" + bank.name() + "\" is as it was.");
        }
    }

    @Test
    void changedRemovedAndAddedRowsAreNamedWithTheirCells() {
        try (TestBank bank = new TestBank(ACCOUNT, ROWS);
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql(
                    "UPDATE account SET balance = 900 WHERE id = 1",
                    "DELETE FROM account WHERE id = 2",
                    "INSERT INTO account VALUES (7, 'dan', 1)");

            assertThatThrownBy(before::assertUnchanged)
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("Schema \"" + bank.name() + "\" must be as it was, but 1 table is not. For what may change "
                            + "use ignoring(table, columns) or ignoringTable(table).\n"
                            + "  table account: 1 row changed, 1 row removed, 1 row added (3 before, 3 after)\n"
                            + "    changed : id=1  balance: 1000.00 -> 900.00\n"
                            + "    removed : id=2  owner: \"bob\", balance: 1000.00\n"
                            + "    added   : id=7  owner: \"dan\", balance: 1.00");
        }
    }

    @Test
    void theDiffGivesRowsAndCells() {
        try (TestBank bank = new TestBank(ACCOUNT, ROWS);
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("UPDATE account SET owner = NULLIF('x', '') WHERE id = 3");
            TableDiff table = before.diff().table("account").orElseThrow();
            assertThat(table.changed()).isEqualTo(1);
            assertThat(table.rows().orElseThrow().rows(SnapshotDiff.Kind.CHANGED))
                    .containsExactly(new SnapshotDiff.RowDiff(
                            SnapshotDiff.Kind.CHANGED,
                            "id=3",
                            1,
                            List.of(new SnapshotDiff.CellDiff("owner", "cyd", "x"))));
        }
    }

    @Test
    void severalTablesAreSeenAtOneMoment() {
        try (TestBank bank = new TestBank(
                        ACCOUNT, ROWS, "CREATE TABLE audit (note text)", "CREATE TABLE quiet (id int PRIMARY KEY)");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("INSERT INTO audit VALUES ('a'), ('a'), (NULL)", "DELETE FROM account WHERE id = 1");
            assertThat(before.diff().tables()).extracting(TableDiff::table).containsExactly("account", "audit");
        }
    }

    @Test
    void whatIsNotCommittedDoesNotCount() throws Exception {
        try (TestBank bank = new TestBank(ACCOUNT, ROWS);
                SchemaSnapshots snapshots = bank.snapshots();
                var connection = bank.dataSource().getConnection();
                var statement = connection.createStatement()) {
            SchemaSnapshot before = snapshots.capture();
            connection.setAutoCommit(false);
            statement.execute("DELETE FROM account");
            before.assertUnchanged();
            connection.rollback();
        }
    }

    @Test
    void withoutAPrimaryKeyEqualRowsAreCounted() {
        try (TestBank bank = new TestBank(
                        "CREATE TABLE audit (note text, n int)",
                        "INSERT INTO audit VALUES ('a', 1), ('a', 1), ('a', 1), ('b', NULL), (NULL, NULL)");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql(
                    "DELETE FROM audit WHERE ctid = (SELECT min(ctid) FROM audit)",
                    "INSERT INTO audit VALUES ('b', NULL), ('b', NULL)");
            assertThat(before.diff().table("audit").orElseThrow().lines())
                    .containsExactly(
                            "  table audit: 1 row removed, 2 rows added (5 before, 6 after)",
                            "    removed : 1 x  note: \"a\", n: 1",
                            "    added   : 2 x  note: \"b\", n: null");
        }
    }

    /** Two rows of the same bucket: a sum of sums over columns would be what it was. */
    @Test
    void aSwapOfValuesBetweenRowsIsSeen() {
        try (TestBank bank = new TestBank(
                        "CREATE TABLE pair (id bigint PRIMARY KEY, a int, b text)",
                        "INSERT INTO pair SELECT i, i, 'name ' || i FROM generate_series(1, 9000) i"
                                + " WHERE hashint8extended(i, 0) & 1023 = 7 LIMIT 2");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("UPDATE pair p SET a = o.a FROM pair o WHERE o.id <> p.id");
            assertThat(before.rows()).containsEntry("pair", 2L);
            assertThat(before.diff().table("pair").orElseThrow().changed()).isEqualTo(2);
        }
    }

    @Test
    void rowsThatAreWrittenAgainAsTheyWereHaveNotChanged() {
        try (TestBank bank = new TestBank(ACCOUNT, ROWS);
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("UPDATE account SET balance = balance + 0", "DELETE FROM account", ROWS, "VACUUM FULL account");
            before.assertUnchanged();
        }
    }

    @Test
    void ignoredColumnsAndTablesDoNotCount() {
        try (TestBank bank = new TestBank(
                        ACCOUNT, ROWS, "CREATE TABLE audit (note text)", "CREATE SEQUENCE invoice");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture(SnapshotOptions.ofDefaults()
                    .ignoring("account", "balance")
                    .ignoringTable("audit")
                    .ignoringSequences());
            bank.sql("UPDATE account SET balance = 1", "INSERT INTO audit VALUES ('x')", "SELECT nextval('invoice')");
            before.assertUnchanged();
            bank.sql("UPDATE account SET owner = 'eve' WHERE id = 2");
            assertThat(before.diff().table("account").orElseThrow().lines())
                    .containsExactly(
                            "  table account: 1 row changed (3 before, 3 after)",
                            "    changed : id=2  owner: \"bob\" -> \"eve\"");
        }
    }

    @Test
    void sequencesThatMovedAreNamed() {
        try (TestBank bank = new TestBank("CREATE SEQUENCE a", "CREATE SEQUENCE b", "SELECT nextval('b')");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("SELECT nextval('a')", "SELECT nextval('b')");
            assertThatThrownBy(before::assertUnchanged)
                    .hasMessage("Schema \"" + bank.name() + "\" must be as it was, but 2 sequences are not. A rollback does "
                            + "not set a sequence back; if it may move use ignoringSequences().\n"
                            + "  sequence a: 1 (not handed out) -> 1\n"
                            + "  sequence b: 1 -> 2");
        }
    }

    @Test
    void tablesThatAreDroppedOrMadeAreNamed() {
        try (TestBank bank = new TestBank(ACCOUNT, ROWS, "CREATE TABLE empty ()");
                SchemaSnapshots snapshots = bank.snapshots(SnapshotOptions.ofDefaults().ignoringCatalog())) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("DROP TABLE account", "CREATE TABLE fresh AS SELECT 1 AS one", "DROP TABLE empty");
            assertThat(before.diff().tables().stream().flatMap(table -> table.lines().stream()))
                    .containsExactly(
                            "  table account: dropped, had 3 rows",
                            "  table empty: dropped, had 0 rows",
                            "  table fresh: added, has 1 row");
        }
    }

    @Test
    void aColumnThatIsAddedDoesNotHideWhatChangedInTheOthers() {
        try (TestBank bank = new TestBank(ACCOUNT, ROWS);
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("ALTER TABLE account ADD COLUMN note text DEFAULT 'none'", "DELETE FROM account WHERE id = 3");
            SchemaDiff diff = before.diff();
            assertThat(diff.tables().get(0).lines())
                    .containsExactly(
                            "  table account: 1 row removed (3 before, 2 after)",
                            "    removed : id=3  owner: \"cyd\", balance: 0.00");
            assertThat(diff.definitions())
                    .extracting(SchemaDiff.Difference::toString)
                    .containsExactly("column account.note: added, #4 text default 'none'::text");
        }
    }

    @Test
    void aColumnOfAnotherTypeCountsEvenIfTheCatalogDoesNot() {
        try (TestBank bank = new TestBank(ACCOUNT, ROWS);
                SchemaSnapshots snapshots = bank.snapshots(SnapshotOptions.ofDefaults().ignoringCatalog())) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("ALTER TABLE account ALTER COLUMN balance TYPE numeric");
            assertThat(before.diff().table("account").orElseThrow().lines())
                    .containsExactly("  table account: changed, its columns are not what they were (3 before, 3 after)");
        }
    }

    @Test
    void aRowThatMovesBetweenPartitionsHasChangedOnlyInItsCells() {
        try (TestBank bank = new TestBank(
                        "CREATE TABLE sale (id int, region text, PRIMARY KEY (id, region)) PARTITION BY LIST (region)",
                        "CREATE TABLE sale_eu PARTITION OF sale FOR VALUES IN ('eu')",
                        "CREATE TABLE sale_rest PARTITION OF sale DEFAULT",
                        "INSERT INTO sale VALUES (1, 'eu'), (2, 'us')");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            assertThat(before.rows()).containsExactly(Map.entry("sale", 2L));
            bank.sql("UPDATE sale SET region = 'us' WHERE id = 1");
            assertThat(before.diff().tables().get(0).lines())
                    .containsExactly(
                            "  table sale: 1 row removed, 1 row added (2 before, 2 after)",
                            "    removed : id=1, region=\"eu\"  ",
                            "    added   : id=1, region=\"us\"  ");
        }
    }

    @Test
    void whatInheritsIsATableOfItsOwn() {
        try (TestBank bank = new TestBank(
                        "CREATE TABLE base (id int)", "CREATE TABLE derived () INHERITS (base)", "INSERT INTO derived VALUES (1)");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            assertThat(before.rows()).containsEntry("base", 0L).containsEntry("derived", 1L);
            bank.sql("UPDATE derived SET id = 2");
            assertThat(before.diff().tables()).extracting(TableDiff::table).containsExactly("derived");
        }
    }

    @Test
    void namesAreTakenAsTheyAre() {
        String odd = "a\"b'c?d{e}; --é日本".repeat(2);
        String table = '"' + odd.replace("\"", "\"\"") + '"';
        String column = "\"" + "Ω".repeat(31) + "\"";
        try (TestBank bank = new TestBank(
                        "CREATE TABLE " + table + " (" + column + " int PRIMARY KEY, \"v1\" text, \"k\" int, \"t\" int)",
                        "INSERT INTO " + table + " VALUES (1, 'x', 2, 3)");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("UPDATE " + table + " SET \"k\" = 5");
            assertThat(before.diff().table(odd).orElseThrow().lines())
                    .containsExactly(
                            "  table " + odd + ": 1 row changed (1 before, 1 after)",
                            "    changed : " + "Ω".repeat(31) + "=1  k: 2 -> 5");
        }
    }

    @Test
    void manyRowsAreCountedAndSomeAreShown() {
        try (TestBank bank = new TestBank(
                        "CREATE TABLE many (id int PRIMARY KEY, n int)",
                        "INSERT INTO many SELECT i, 0 FROM generate_series(1, 2000) i");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("UPDATE many SET n = 1");
            TableDiff table = before.diff().table("many").orElseThrow();
            assertThat(table.lines()).hasSize(23);
            assertThat(table.lines().get(0)).isEqualTo("  table many: 2000 rows changed (2000 before, 2000 after)");
            assertThat(table.lines().get(22)).isEqualTo("    more    : 1700 rows are not kept");
        }
    }

    @Test
    void aPrimaryKeyThatIsDroppedDoesNotHideRows() {
        try (TestBank bank = new TestBank(ACCOUNT, ROWS);
                SchemaSnapshots snapshots = bank.snapshots(SnapshotOptions.ofDefaults().ignoringCatalog())) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql("ALTER TABLE account DROP CONSTRAINT account_pkey", "INSERT INTO account VALUES (1, 'x', 1), (1, 'y', 2)");
            assertThat(before.diff().tables().get(0).lines())
                    .containsExactlyInAnyOrder(
                            "  table account: 2 rows added (3 before, 5 after)",
                            "    added   : 1 x  id: 1, owner: \"x\", balance: 1.00",
                            "    added   : 1 x  id: 1, owner: \"y\", balance: 2.00");
        }
    }

    @Test
    void aDefinitionThatIsLongIsShownWhereItDiffers() {
        String body = "-- " + "a long comment ".repeat(40) + "\nSELECT ";
        String function = "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$" + body;
        try (TestBank bank = new TestBank(function + "1$$");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot before = snapshots.capture();
            bank.sql(function + "2$$");
            assertThatThrownBy(before::assertUnchanged)
                    .hasMessageStartingWith("Schema \"" + bank.name() + "\" must be as it was, but 1 definition is not. If "
                            + "definitions may change use ignoringCatalog().\n  function f(): ...")
                    .hasMessageContaining("SELECT 1 -> ...")
                    .hasMessageEndingWith("SELECT 2");
        }
    }

    @Test
    void atMostTwentyAreOpenAtATime() {
        try (TestBank bank = new TestBank();
                SchemaSnapshots snapshots =
                        bank.snapshots(SnapshotOptions.ofDefaults().ignoringCatalog())) {
            snapshots.capture().close();
            for (int i = 0; i < 20; i++) {
                snapshots.capture();
            }
            assertThatThrownBy(snapshots::capture)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("At most 20 snapshots of schema \"" + bank.name() + "\" must be open at a time, but this "
                            + "is one more. Close those that are not needed any more.");
        }
    }

    @Test
    void aClosedSnapshotSaysSo() {
        try (TestBank bank = new TestBank(ACCOUNT)) {
            SchemaSnapshots snapshots = bank.snapshots();
            SchemaSnapshot before = snapshots.capture();
            snapshots.close();
            snapshots.close();
            before.close();
            assertThatThrownBy(before::diff)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The snapshot of schema \"" + bank.name() + "\" must be open to be compared, but is closed. "
                            + "Compare before it, or the test, ends.");
        }
    }
}
