// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import static dev.chaostest.snapshot.SnapshotDiff.Kind.ADDED;
import static dev.chaostest.snapshot.SnapshotDiff.Kind.CHANGED;
import static dev.chaostest.snapshot.SnapshotDiff.Kind.MOVED;
import static dev.chaostest.snapshot.SnapshotDiff.Kind.REMOVED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.snapshot.SnapshotDiff.CellDiff;
import dev.chaostest.snapshot.SnapshotDiff.Kind;
import dev.chaostest.snapshot.SnapshotDiff.RowDiff;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatchingTest {

    private final Snapshots snapshots = new Snapshots();
    private final Accounts accounts =
            new Accounts().with(1, "ann", 100).with(2, "bob", 50).with(3, "cy", 0);

    private SnapshotDiff diff() {
        return snapshots.compare("accounts");
    }

    private static List<String> found(SnapshotDiff diff) {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> diff.rows(kind).stream())
                .map(row -> row.kind() + " " + row.name() + " " + row.times() + " "
                        + row.cells().stream()
                                .map(cell -> cell.column() + " " + cell.before() + " " + cell.after())
                                .toList())
                .toList();
    }

    @Nested
    class WhenKeyed {

        @Test
        void cellsThatChangedAreNamed() {
            snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
            accounts.set(0, 2, 90);
            accounts.set(1, 1, null);

            assertThat(diff().rows(CHANGED))
                    .containsExactly(
                            new RowDiff(CHANGED, "id=1", 1, List.of(new CellDiff("balance", 100, 90))),
                            new RowDiff(CHANGED, "id=2", 1, List.of(new CellDiff("owner", "bob", null))));
            assertThat(diff().count(CHANGED)).isEqualTo(2);
            assertThat(diff().isEmpty()).isFalse();
        }

        @Test
        void rowsThatCameAndWentAreNamed() {
            snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
            accounts.remove(1);
            accounts.with(4, "di", 7);

            assertThat(found(diff()))
                    .containsExactly(
                            "REMOVED id=2 1 [owner bob null, balance 50 null]",
                            "ADDED id=4 1 [owner null di, balance null 7]");
        }

        @Test
        void orderDoesNotMatter() {
            snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
            accounts.remove(0);
            accounts.with(1, "ann", 100);

            assertThat(diff().isEmpty()).isTrue();
        }

        @Test
        void orderMattersWhereSaid() {
            snapshots.capture("accounts", accounts, Matching.keyedBy("id").inOrder());
            accounts.remove(0);
            accounts.with(1, "ann", 99);

            assertThat(found(diff())).containsExactly("CHANGED id=1 1 [balance 100 99]", "MOVED id=1 1 []");
            assertThat(diff().toString()).contains("moved   : id=1  row 1 -> row 3");
        }

        @Test
        void rowsThatCameBetweenDoNotMoveOthers() {
            snapshots.capture("accounts", accounts, Matching.keyedBy("id").inOrder());
            accounts.insert(0, 9, "zoe", 1);

            assertThat(diff().count(MOVED)).isZero();
            assertThat(diff().count(ADDED)).isEqualTo(1);
        }

        @Test
        void keyMayHaveMoreColumns() {
            Accounts rows =
                    new Accounts("region", "id", "balance").with("eu", 1, 5).with("us", 1, 6);
            snapshots.capture("rows", rows, Matching.keyedBy("region", "id"));
            rows.set(1, 2, 7);

            assertThat(found(snapshots.compare("rows"))).containsExactly("CHANGED region=\"us\", id=1 1 [balance 6 7]");
        }

        @Test
        void nullIsAKeyToo() {
            accounts.with(null, "none", 1);
            snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
            accounts.set(3, 2, 2);

            assertThat(found(diff())).containsExactly("CHANGED id=null 1 [balance 1 2]");
        }

        @Test
        void keyThatIsThereTwiceIsRefused() {
            accounts.with(2, "bob again", 1);

            assertThatThrownBy(() -> snapshots.capture("accounts", accounts, Matching.keyedBy("id")))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "The key of snapshot \"accounts\" must be there once, but id=2 is in rows 2 and 4. Add a "
                                    + "column to keyedBy(...).");
        }

        @Test
        void keyThatIsThereTwiceLaterIsRefused() {
            snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
            accounts.with(2L, "bob again", 1); // the same number, of another type

            assertThatThrownBy(() -> diff())
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "The key of snapshot \"accounts\" must be there once, but id=2 is in rows 2 and 4. Add a "
                                    + "column to keyedBy(...).");
        }

        @Test
        void unknownColumnIsRefusedWithTheNearest() {
            assertThatThrownBy(() -> snapshots.capture("accounts", accounts, Matching.keyedBy("idd")))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("keyedBy(\"idd\") must name a column of snapshot \"accounts\", but its columns are id, "
                            + "owner, balance. Did you mean \"id\"?");
        }

        @Test
        void keyWithoutColumnsIsRefused() {
            assertThatThrownBy(Matching::keyedBy)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a key must have at least one column, but had none. Name one, or count equal rows with "
                            + "Matching.unordered().");
        }
    }

    @Nested
    class WhenUnordered {

        @Test
        void orderDoesNotMatter() {
            snapshots.capture("accounts", accounts);
            accounts.remove(0);
            accounts.with(1, "ann", 100);

            assertThat(diff().isEmpty()).isTrue();
        }

        @Test
        void equalRowsAreCounted() {
            accounts.with(3, "cy", 0);
            snapshots.capture("accounts", accounts, Matching.unordered());
            accounts.with(3, "cy", 0).with(3, "cy", 0);
            accounts.remove(0);

            assertThat(found(diff()))
                    .containsExactly(
                            "REMOVED 1 x 1 [id 1 null, owner ann null, balance 100 null]",
                            "ADDED 2 x 2 [id null 3, owner null cy, balance null 0]");
            assertThat(diff().count(ADDED)).isEqualTo(2);
        }

        @Test
        void rowThatChangedIsOneGoneAndOneNew() {
            snapshots.capture("accounts", accounts);
            accounts.set(0, 2, 90);

            assertThat(diff().count(REMOVED)).isEqualTo(1);
            assertThat(diff().count(ADDED)).isEqualTo(1);
            assertThat(diff().count(CHANGED)).isZero();
        }
    }

    @Nested
    class WhenOrdered {

        @Test
        void rowsAreComparedByPlace() {
            snapshots.capture("accounts", accounts, Matching.ordered());
            accounts.set(1, 2, 51);

            assertThat(found(diff())).containsExactly("CHANGED row 2 1 [balance 50 51]");
        }

        @Test
        void rowThatIsPutInDoesNotShiftOthers() {
            snapshots.capture("accounts", accounts, Matching.ordered());
            accounts.insert(1, 9, "zoe", 1);

            assertThat(found(diff())).containsExactly("ADDED row 2 1 [id null 9, owner null zoe, balance null 1]");
        }

        @Test
        void rowThatIsTakenOutDoesNotShiftOthers() {
            snapshots.capture("accounts", accounts, Matching.unordered().inOrder());
            accounts.remove(0);

            assertThat(found(diff())).containsExactly("REMOVED row 1 1 [id 1 null, owner ann null, balance 100 null]");
        }

        @Test
        void otherOrderIsADifference() {
            snapshots.capture("accounts", accounts, Matching.ordered());
            accounts.remove(0);
            accounts.with(1, "ann", 100);

            assertThat(diff().isEmpty()).isFalse();
        }

        @Test
        void equalRowsAtBothEndsAreNotCountedTwice() {
            Accounts same = new Accounts("id").with(1).with(1);
            snapshots.capture("same", same, Matching.ordered());
            same.with(1);

            assertThat(found(snapshots.compare("same"))).containsExactly("ADDED row 3 1 [id null 1]");
        }
    }

    @Nested
    class WhenColumnsAreIgnored {

        @Test
        void theirCellsDoNotCount() {
            snapshots.capture("accounts", accounts, Matching.keyedBy("id").ignoring("owner"));
            accounts.set(0, 1, "eve");
            assertThat(diff().isEmpty()).isTrue();

            accounts.set(0, 2, 1);
            assertThat(found(diff())).containsExactly("CHANGED id=1 1 [balance 100 1]");
        }

        @Test
        void equalRowsAreCountedWithoutThem() {
            snapshots.capture("accounts", accounts, Matching.unordered().ignoring("id", "owner"));
            accounts.set(0, 1, "eve");
            accounts.set(1, 0, 77);

            assertThat(diff().isEmpty()).isTrue();
        }

        @Test
        void anotherMatchingStillKnowsThem() {
            snapshots.capture("accounts", accounts, Matching.keyedBy("id").ignoring("owner"));
            accounts.set(0, 1, "eve");

            assertThat(found(snapshots.compare("accounts", Matching.keyedBy("id"))))
                    .containsExactly("CHANGED id=1 1 [owner ann eve]");
        }

        @Test
        void unknownColumnIsRefusedWithTheNearest() {
            snapshots.capture("accounts", accounts);

            assertThatThrownBy(() ->
                            snapshots.compare("accounts", Matching.unordered().ignoring("ownr")))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "ignoring(\"ownr\") must name a column of snapshot \"accounts\", but its columns are id, "
                                    + "owner, balance. Did you mean \"owner\"?");
        }

        @Test
        void keyIsRefused() {
            assertThatThrownBy(() -> Matching.keyedBy("id").ignoring("id"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("an ignored column must not be part of the key, but \"id\" is. Take it out of "
                            + "keyedBy(...) or of ignoring(...).");
        }
    }

    @Nested
    class WhenTolerant {

        private SnapshotDiff change(Object before, Object after) {
            Accounts rates = new Accounts("id", "rate").with(1, before);
            snapshots.recapture("rates", rates, Matching.keyedBy("id").tolerance(0.01, "rate"));
            rates.set(0, 1, after);
            return snapshots.compare("rates");
        }

        @Test
        void numbersMayDifferALittle() {
            assertThat(change(1.0, 1.01).isEmpty()).isTrue();
            assertThat(change(1.0f, 0.99).isEmpty()).isTrue();
            assertThat(change(new java.math.BigDecimal("7.10"), 7.11).isEmpty()).isTrue();
            assertThat(change(java.math.BigInteger.TEN, 10.005).isEmpty()).isTrue();
            assertThat(change(Double.NaN, Double.NaN).isEmpty()).isTrue();
        }

        @Test
        void numbersMayNotDifferMore() {
            assertThat(change(1.0, 1.02).isEmpty()).isFalse();
            assertThat(change(1, 2).isEmpty()).isFalse();
            assertThat(change(1.0, null).isEmpty()).isFalse();
            assertThat(change(1.0, Double.NaN).isEmpty()).isFalse();
            assertThat(change(Double.POSITIVE_INFINITY, 1.0).isEmpty()).isFalse();
            assertThat(change("1.0", 1.0).isEmpty()).isFalse();
        }

        @Test
        void otherColumnsAreExact() {
            snapshots.capture("accounts", accounts, Matching.ordered().tolerance(5, "balance"));
            accounts.set(0, 2, 104);
            assertThat(diff().isEmpty()).isTrue();

            accounts.set(0, 0, 2);
            assertThat(found(diff())).containsExactly("CHANGED row 1 1 [id 1 2]");
        }

        @ParameterizedTest
        @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
        void toleranceThatIsNoneIsRefused(double most) {
            assertThatThrownBy(() -> Matching.ordered().tolerance(most, "rate"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a tolerance must be greater than 0 and finite, but was " + most
                            + ". For exact numbers leave it out.");
        }

        @Test
        void toleranceForNothingIsRefused() {
            assertThatThrownBy(() -> Matching.ordered().tolerance(0.1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a tolerance must name its columns, but named none. Write for example tolerance(0.01, "
                            + "\"rate\").");
        }
    }

    @Nested
    class WhenAColumnHasItsOwnComparison {

        private final Matching json = Matching.keyedBy("id")
                .comparing(
                        "doc",
                        (a, b) -> Objects.toString(a)
                                .replace(" ", "")
                                .equals(Objects.toString(b).replace(" ", "")));

        @Test
        void itDecides() {
            Accounts docs = new Accounts("id", "doc").with(1, "{\"a\": 1}").with(2, "{\"a\": 1}");
            snapshots.capture("docs", docs, json);
            docs.set(0, 1, "{\"a\":1}");
            assertThat(snapshots.compare("docs").isEmpty()).isTrue();
            assertThat(snapshots.compare("docs", Matching.keyedBy("id")).count(CHANGED))
                    .isEqualTo(1);

            docs.set(1, 1, "{\"a\":2}");
            assertThat(snapshots.compare("docs").count(CHANGED)).isEqualTo(1);
        }

        @Test
        void itGetsCopiesOfBytes() {
            Accounts docs = new Accounts("id", "doc").with(1, new byte[] {1, 2});
            Matching spoiling = Matching.ordered().comparing("doc", (a, b) -> {
                ((byte[]) Objects.requireNonNull(a))[0] = 9;
                return false;
            });
            snapshots.capture("docs", docs, spoiling);
            docs.set(0, 1, new byte[] {1, 3});

            assertThat(snapshots.compare("docs").toString()).contains("doc: \\x0102 -> \\x0103");
        }

        @Test
        void countedRowsAreRefused() {
            assertThatThrownBy(() -> Matching.unordered().tolerance(0.1, "rate"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "a tolerance or comparison for \"rate\" must know which rows belong together, but equal "
                                    + "rows are only counted. Begin with Matching.keyedBy(...) or Matching.ordered().");
        }

        @Test
        void keyIsRefused() {
            assertThatThrownBy(() -> Matching.keyedBy("id").tolerance(0.1, "id"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "a tolerance or comparison must not be about the key, but \"id\" is part of it. Keys are "
                                    + "compared exactly.");
        }

        @Test
        void unknownColumnIsRefused() {
            assertThatThrownBy(() -> snapshots.capture(
                            "accounts", accounts, Matching.ordered().tolerance(1, "balanc")))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "comparing(\"balanc\") must name a column of snapshot \"accounts\", but its columns are "
                                    + "id, owner, balance. Did you mean \"balance\"?");
        }
    }

    @Test
    void saysWhatItIs() {
        assertThat(Stream.of(
                                Matching.unordered(),
                                Matching.ordered(),
                                Matching.keyedBy("a", "b").ignoring("d", "c"),
                                Matching.keyedBy("a").inOrder())
                        .map(Matching::toString))
                .containsExactly("unordered", "ordered", "keyed by a, b, ignoring c, d", "keyed by a, in order");
    }

    @Test
    void fewestRowsMove() {
        assertThat(Rise.longest(List.of(3, 1, 2, 5, 4))).containsExactly(1, 2, 4);
        assertThat(Rise.longest(List.of())).isEmpty();
        assertThat(Rise.longest(List.of(3, 2, 1))).hasSize(1);
    }
}
