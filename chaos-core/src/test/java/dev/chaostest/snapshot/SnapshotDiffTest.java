// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotDiffTest {

    private final Snapshots snapshots = new Snapshots();
    private final Accounts accounts =
            new Accounts().with(1, "ann", 100).with(2, "bob", 50).with(13, "cy", 0);

    @TempDir
    private Path directory;

    private SnapshotDiff diff() {
        return snapshots.compare("accounts");
    }

    private static String many(int from, int to, String line) {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i <= to; i++) {
            lines.append(String.format(line, i));
        }
        return lines.toString();
    }

    @Test
    void oneCell() {
        snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
        accounts.set(0, 2, 90);

        assertThatThrownBy(() -> diff().assertEmpty())
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        "Snapshot \"accounts\" must be as it was, but of its rows 1 changed (3 before, 3 after). For a "
                                + "column that may change use ignoring(...).\n"
                                + "  changed : id=1  balance: 100 -> 90");
        assertThat(diff())
                .hasToString("Snapshot \"accounts\" must be as it was, but of its rows 1 changed (3 before, 3 "
                        + "after). For a column that may change use ignoring(...).\n"
                        + "  changed : id=1  balance: 100 -> 90");
    }

    @Test
    void everyKindOfChangeAligned() {
        snapshots.capture("accounts", accounts, Matching.keyedBy("id").inOrder());
        accounts.remove(1);
        accounts.set(1, 1, "di\n\"x\"");
        accounts.set(1, 2, null);
        accounts.insert(0, 104, "eve", 7.5);
        accounts.insert(0, 13, null, 0);
        accounts.remove(3);

        assertThatThrownBy(() -> diff().assertEmpty())
                .isInstanceOf(AssertionError.class)
                .hasMessage("Snapshot \"accounts\" must be as it was, but of its rows 1 changed, 1 removed, 1 added, 1 "
                        + "moved (3 before, 3 after). For a column that may change use ignoring(...).\n"
                        + "  changed : id=13   owner: \"cy\" -> null\n"
                        + "  removed : id=2    owner: \"bob\", balance: 50\n"
                        + "  added   : id=104  owner: \"eve\", balance: 7.5\n"
                        + "  moved   : id=1    row 1 -> row 3");
    }

    @Test
    void countedRows() {
        snapshots.capture("accounts", accounts);
        accounts.with(2, "bob", 50).with(2, "bob", 50);
        accounts.remove(0);

        assertThatThrownBy(() -> snapshots.assertSame("accounts"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("Snapshot \"accounts\" must be as it was, but of its rows 1 removed, 2 added (3 before, 4 "
                        + "after). For a column that may change use ignoring(...).\n"
                        + "  removed : 1 x  id: 1, owner: \"ann\", balance: 100\n"
                        + "  added   : 2 x  id: 2, owner: \"bob\", balance: 50");
    }

    @Test
    void placedRows() {
        snapshots.capture("accounts", accounts, Matching.ordered());
        accounts.set(0, 0, 7);
        accounts.with(14, "di", 1);
        accounts.set(2, 1, "CY");

        assertThatThrownBy(() -> diff().assertEmpty())
                .isInstanceOf(AssertionError.class)
                .hasMessage("Snapshot \"accounts\" must be as it was, but of its rows 2 changed, 1 added (3 before, 4 "
                        + "after). For a column that may change use ignoring(...).\n"
                        + "  changed : row 1  id: 1 -> 7\n"
                        + "  changed : row 3  owner: \"cy\" -> \"CY\"\n"
                        + "  added   : row 4  id: 14, owner: \"di\", balance: 1");
    }

    @Test
    void longValuesAreCutWhereTheyPart() {
        accounts.set(0, 1, "a".repeat(100) + "X" + "b".repeat(100));
        snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
        accounts.set(0, 1, "a".repeat(100) + "Y" + "b".repeat(100));
        accounts.with(14, "c".repeat(100), 1);

        assertThatThrownBy(() -> diff().assertEmpty())
                .isInstanceOf(AssertionError.class)
                .hasMessage("Snapshot \"accounts\" must be as it was, but of its rows 1 changed, 1 added (3 before, 4 "
                        + "after). For a column that may change use ignoring(...).\n"
                        + "  changed : id=1   owner: ..." + "a".repeat(12) + "X" + "b".repeat(47)
                        + "... (203 characters) -> ..." + "a".repeat(12) + "Y" + "b".repeat(47)
                        + "... (203 characters)\n"
                        + "  added   : id=14  owner: \"" + "c".repeat(59) + "... (102 characters), balance: 1");
    }

    @Test
    void changeOfTypeOnlyIsSeen() {
        accounts.set(0, 2, 'a');
        snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
        accounts.set(0, 2, Letter.a);

        assertThat(diff().toString()).endsWith("\n  changed : id=1  balance: a (Character) -> a (Letter)");
    }

    private enum Letter {
        a
    }

    @Test
    void manyRowsAreCutWithWhatToDo() {
        Accounts rows = new Accounts("id", "n");
        for (int i = 1; i <= 30; i++) {
            rows.with(i, 0);
        }
        snapshots.capture("rows", rows, Matching.keyedBy("id"));
        for (int i = 0; i < 30; i++) {
            rows.set(i, 1, 1);
        }
        rows.with(99, 5);
        SnapshotDiff diff = snapshots.compare("rows");

        assertThatThrownBy(diff::assertEmpty)
                .isInstanceOf(AssertionError.class)
                .hasMessage("Snapshot \"rows\" must be as it was, but of its rows 30 changed, 1 added (30 before, 31 "
                        + "after). For a column that may change use ignoring(...).\n"
                        + many(1, 9, "  changed : id=%d   n: 0 -> 1\n")
                        + many(10, 19, "  changed : id=%d  n: 0 -> 1\n")
                        + "  added   : id=99  n: 5\n"
                        + "  rest    : 11 more lines; write them into a file with assertEmpty(directory)");
        assertThat(diff.toString()).endsWith("\n  rest    : 11 more lines; write them into a file with writeTo(file)");
    }

    @Test
    void manyRowsAreCutWithWhereTheRestIs() throws IOException {
        Accounts rows = new Accounts("id", "n");
        snapshots.capture("my rows/1", rows, Matching.keyedBy("id"));
        for (int i = 1; i <= 21; i++) {
            rows.with(i, "x".repeat(80));
        }
        Path file = directory.resolve("red").resolve("snapshot-my_rows_1.diff.txt");

        assertThatThrownBy(() -> snapshots.compare("my rows/1").assertEmpty(directory.resolve("red")))
                .isInstanceOf(AssertionError.class)
                .hasMessageEndingWith("\n  rest    : 1 more line; all are in " + file);
        assertThat(Files.readAllLines(file))
                .hasSize(22)
                .startsWith(
                        "Snapshot \"my rows/1\" must be as it was, but of its rows 21 added (0 before, 21 after). For "
                                + "a column that may change use ignoring(...).")
                .endsWith("  added   : id=21  n: \"" + "x".repeat(80) + "\"");
    }

    @Test
    void longKeysAreCutInTheMessageOnly() {
        String key = "k".repeat(80);
        Accounts rows = new Accounts("id", "n").with(key, 1);
        snapshots.capture("rows", rows, Matching.keyedBy("id"));
        rows.set(0, 1, 2);
        SnapshotDiff diff = snapshots.compare("rows");

        assertThat(diff.toString()).endsWith("\n  changed : id=\"" + "k".repeat(59) + "... (82 characters)  n: 1 -> 2");
        assertThat(diff.writeTo(directory.resolve("diff"))).content().endsWith("id=\"" + key + "\"  n: 1 -> 2\n");
    }

    @Test
    void fewRowsAreInTheFileInFullToo() throws IOException {
        snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
        accounts.set(0, 2, 90);
        Path file = directory.resolve("snapshot-accounts.diff.txt");

        assertThatThrownBy(() -> diff().assertEmpty(directory))
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        "Snapshot \"accounts\" must be as it was, but of its rows 1 changed (3 before, 3 after). For a "
                                + "column that may change use ignoring(...).\n"
                                + "  changed : id=1  balance: 100 -> 90\n"
                                + "  file    : " + file);
        assertThat(Files.readAllLines(file)).hasSize(2).endsWith("  changed : id=1  balance: 100 -> 90");
    }

    @Test
    void nothingIsWrittenWhereNothingIsDifferent() {
        snapshots.capture("accounts", accounts);

        assertThatCode(() -> diff().assertEmpty(directory)).doesNotThrowAnyException();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void writeToGivesThePath() {
        snapshots.capture("accounts", accounts);
        accounts.remove(0);
        Path file = directory.resolve("a").resolve("diff.txt");

        assertThat(diff().writeTo(file)).isEqualTo(file).content().contains("removed : 1 x  id: 1");
    }

    @Test
    void fileThatCanNotBeWrittenIsNamed() {
        snapshots.capture("accounts", accounts);
        accounts.remove(0);

        assertThatThrownBy(() -> diff().writeTo(directory))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith(
                        "The diff of snapshot \"accounts\" must go into " + directory + ", but that failed: ")
                .hasMessageEndingWith(". Name a file in a directory that can be written.");
    }

    @Test
    void twoSnapshotsCanBeCompared() {
        Snapshot before = snapshots.capture("before", accounts);
        accounts.set(2, 2, 1);
        Snapshot after = snapshots.capture("after", accounts);

        assertThat(before.diff(after, Matching.keyedBy("id")).rows(SnapshotDiff.Kind.CHANGED))
                .extracting(SnapshotDiff.RowDiff::name)
                .isEqualTo(List.of("id=13"));
    }
}
