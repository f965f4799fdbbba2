// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.snapshot.SnapshotDiff.Kind;
import dev.chaostest.snapshot.SnapshotDiff.RowDiff;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotBoundTest {

    private final Accounts accounts = new Accounts()
            .with(1, "ann", 100)
            .with(2, "bob", 50)
            .with(3, "cy", 0)
            .with(4, "di", 7);

    private static List<String> names(SnapshotDiff diff, Kind kind) {
        return diff.rows(kind).stream().map(RowDiff::name).toList();
    }

    @Test
    void rowsBeyondTheBoundAreDigestsAndStillCompared() {
        Snapshots snapshots = new Snapshots(new Bound(2, 1_000_000));
        assertThat(snapshots
                        .capture("accounts", accounts, Matching.keyedBy("id"))
                        .digests())
                .isEqualTo(2);
        assertThat(snapshots.compare("accounts").isEmpty()).isTrue();

        accounts.set(0, 2, 90);
        accounts.set(2, 2, 5);
        accounts.remove(3);
        accounts.with(5, "eve", 1);

        assertThat(snapshots.compare("accounts"))
                .hasToString(
                        "Snapshot \"accounts\" must be as it was, but of its rows 2 changed, 1 removed, 1 added (4 "
                                + "before, 4 after). For a column that may change use ignoring(...).\n"
                                + "  changed : id=1  balance: 100 -> 90\n"
                                + "  changed : id=3  its cells are not known, it is kept as a digest\n"
                                + "  removed : id=4  its cells are not known, it is kept as a digest\n"
                                + "  added   : id=5  its cells are not known, it is kept as a digest\n"
                                + "  digests : 2 rows before and 2 after are beyond the bound");
        assertThat(snapshots.compare("accounts").rows(Kind.CHANGED).get(1))
                .isEqualTo(new RowDiff(Kind.CHANGED, "id=3", 1, List.of()));
    }

    @Test
    void rowThatWasWholeAndIsADigestNowIsTheSame() {
        Snapshots snapshots = new Snapshots(new Bound(2, 1_000_000));
        snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
        accounts.remove(0);
        accounts.with(1, "ann", 100);
        assertThat(snapshots.compare("accounts").isEmpty()).isTrue();

        accounts.set(3, 2, 1);
        assertThat(names(snapshots.compare("accounts"), Kind.CHANGED)).containsExactly("id=1");
    }

    @Test
    void bytesAreBoundedToo() {
        Snapshots snapshots = new Snapshots(new Bound(1_000, 1_000));
        accounts.insert(1, 9, "x".repeat(1_000), 0);
        Snapshot taken = snapshots.capture("accounts", accounts);

        assertThat(taken.rows()).isEqualTo(5);
        assertThat(taken.digests()).isEqualTo(4);
    }

    @Test
    void digestsOnlyStillCountEqualRows() {
        Snapshots snapshots = new Snapshots(Bound.digestsOnly());
        accounts.with(4, "di", 7);
        snapshots.capture("accounts", accounts, Matching.unordered().ignoring("owner"));
        accounts.set(0, 1, "eve");
        assertThat(snapshots.compare("accounts").isEmpty()).isTrue();

        accounts.remove(4);
        accounts.with(6, "fay", 7);
        SnapshotDiff diff = snapshots.compare("accounts");
        assertThat(diff.count(Kind.REMOVED)).isEqualTo(1);
        assertThat(diff.count(Kind.ADDED)).isEqualTo(1);
    }

    @Test
    void digestsOnlyStillKnowTheOrder() {
        Snapshots snapshots = new Snapshots(Bound.digestsOnly());
        snapshots.capture("accounts", accounts, Matching.keyedBy("id").inOrder());
        accounts.remove(0);
        accounts.with(1, "ann", 100);

        assertThat(names(snapshots.compare("accounts"), Kind.MOVED)).containsExactly("id=1");
    }

    @Test
    void digestsOfOneMatchingSayNothingAboutAnother() {
        Snapshots snapshots = new Snapshots(new Bound(2, 1_000_000));
        snapshots.capture("accounts", accounts, Matching.keyedBy("id"));

        assertThatThrownBy(() ->
                        snapshots.compare("accounts", Matching.keyedBy("id").ignoring("owner")))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Snapshot \"accounts\" must be compared as it was captured (keyed by id), since it has 2 "
                        + "rows that are kept as digests, but was to be compared keyed by id, ignoring owner. Give the "
                        + "matching when you capture it, or raise the Bound.");
        assertThatThrownBy(() ->
                        snapshots.compare("accounts", Matching.keyedBy("id").tolerance(1, "balance")))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Snapshot \"accounts\" must be compared as it was captured (keyed by id), since it has 2 "
                        + "rows that are kept as digests, but was to be compared with a tolerance or a comparison. Give "
                        + "the matching when you capture it, or raise the Bound.");
        assertThat(snapshots
                        .compare("accounts", Matching.keyedBy("id").inOrder())
                        .isEmpty())
                .isTrue();
    }

    @Test
    void toleranceBeyondTheBoundIsRefused() {
        Snapshots snapshots = new Snapshots(new Bound(2, 1_000_000));

        assertThatThrownBy(() -> snapshots.capture(
                        "accounts", accounts, Matching.keyedBy("id").tolerance(1, "balance")))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Snapshot \"accounts\" must fit in 2 rows and 1000000 bytes to be compared with a tolerance or "
                                + "a comparison, but row 3 is beyond. Raise the Bound, or compare exactly.");
    }

    @Test
    void rowsHaveALimitAtAll() {
        refused(new Bound.Limits(3, 1_000), "3 rows");
        assertThat(Bound.Limits.ofDefaults()).isEqualTo(new Bound.Limits(1_000_000, 64 * 1024 * 1024));
    }

    @Test
    void keysOfDigestsHaveALimit() {
        refused(new Bound.Limits(1_000, 100), "100 bytes of keys");
    }

    private void refused(Bound.Limits limits, String limit) {
        assertThatThrownBy(() -> Capture.read(
                        "accounts", accounts, Matching.keyedBy("id", "owner"), Bound.digestsOnly(), limits))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Snapshot \"accounts\" must have at most " + limit
                        + ", but has more. Capture a part of it, " + "or sums.");
    }

    @Test
    void negativeBoundIsRefused() {
        assertThatThrownBy(() -> new Bound(-1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the bound of a snapshot must not be negative, but was -1 rows and 0 bytes. For digests only "
                                + "use Bound.digestsOnly().");
        assertThatThrownBy(() -> new Bound(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void defaultsAreAsStated() {
        assertThat(Bound.ofDefaults()).isEqualTo(new Bound(10_000, 16 * 1024 * 1024));
    }
}
