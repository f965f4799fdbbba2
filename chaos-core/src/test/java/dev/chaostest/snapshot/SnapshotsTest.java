// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.work.Workers;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SnapshotsTest {

    private final Snapshots snapshots = new Snapshots();
    private final Accounts accounts = new Accounts().with(1, "ann", 100).with(2, "bob", 50);

    @Test
    void whatDidNotChangeIsTheSame() {
        snapshots.capture("accounts", accounts);

        assertThat(snapshots.compare("accounts").isEmpty()).isTrue();
        assertThat(snapshots.compare("accounts")).hasToString("Snapshot \"accounts\" is as it was.");
        assertThatCode(() -> snapshots.assertSame("accounts")).doesNotThrowAnyException();
    }

    @Test
    void sourceIsReadAgainWhenComparing() {
        snapshots.capture("accounts", accounts);
        accounts.set(0, 2, 90);

        assertThatThrownBy(() -> snapshots.assertSame("accounts")).isInstanceOf(AssertionError.class);
    }

    @Test
    void saysWhatItHolds() {
        Snapshot taken = snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
        snapshots.capture("a", new Accounts());

        assertThat(snapshots.get("accounts")).isSameAs(taken);
        assertThat(taken.name()).isEqualTo("accounts");
        assertThat(taken.columns()).containsExactly("id", "owner", "balance");
        assertThat(taken.rows()).isEqualTo(2);
        assertThat(taken.digests()).isZero();
        assertThat(taken.matching()).hasToString("keyed by id");
        assertThat(taken).hasToString("snapshot \"accounts\", 2 rows");
        assertThat(snapshots.names()).containsExactly("a", "accounts");
        assertThat(snapshots).hasToString("snapshots [a, accounts]");
    }

    @Test
    void nameIsTakenOnce() {
        snapshots.capture("accounts", accounts);

        assertThatThrownBy(() -> snapshots.capture("accounts", accounts))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Snapshot \"accounts\" must not be there yet, but was captured before. Use "
                        + "recapture(\"accounts\") to take the present state instead, or another name.");
    }

    @Test
    void recaptureTakesThePresentStateInstead() {
        snapshots.capture("accounts", accounts, Matching.keyedBy("id"));
        accounts.set(0, 2, 90);
        snapshots.recapture("accounts");

        assertThat(snapshots.compare("accounts").isEmpty()).isTrue();
        assertThat(snapshots.get("accounts").matching()).hasToString("keyed by id");
    }

    @Test
    void recaptureWithASourceNeedsNoName() {
        snapshots.recapture("accounts", accounts, Matching.ordered());
        snapshots.recapture("accounts", new Accounts(), Matching.ordered());

        assertThat(snapshots.get("accounts").rows()).isZero();
    }

    @Test
    void unknownNameIsRefusedWithTheNearest() {
        assertThatThrownBy(() -> snapshots.compare("acounts"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Snapshot \"acounts\" must be captured first, but none is there. Call capture(...).");

        snapshots.capture("accounts", accounts);
        snapshots.capture("orders", accounts);

        assertThatThrownBy(() -> snapshots.get("acounts"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Snapshot \"acounts\" must be captured first, but there are only accounts, orders. Did you "
                        + "mean \"accounts\"?");
    }

    @Test
    void blankNameIsRefused() {
        assertThatThrownBy(() -> snapshots.capture(" ", accounts))
                .isInstanceOf(ChaosException.class)
                .hasMessage("a snapshot must have a name, but it was blank. Use for example \"accounts\".");
    }

    @Test
    void clearForgetsAll() {
        snapshots.capture("accounts", accounts);
        snapshots.clear();

        assertThat(snapshots.names()).isEmpty();
        assertThatCode(() -> snapshots.capture("accounts", accounts)).doesNotThrowAnyException();
    }

    @Test
    void tooManyNamesAreRefused() {
        for (int i = 0; i < 1_000; i++) {
            snapshots.capture("accounts " + i, accounts);
        }

        assertThatThrownBy(() -> snapshots.capture("last", accounts))
                .isInstanceOf(ChaosException.class)
                .hasMessage("There must be at most 1000 snapshots at a time, but \"last\" is one more. Call clear() "
                        + "between tests.");
    }

    @Test
    void oneOfManyThreadsTakesAName() throws InterruptedException {
        List<Boolean> taken = Workers.of(8)
                .call(worker -> {
                    try {
                        snapshots.capture("accounts", accounts);
                        return true;
                    } catch (ChaosException taken1) {
                        return false;
                    }
                })
                .values();

        assertThat(taken).containsOnlyOnce(true).hasSize(8);
    }

    @Test
    void threadsCompareAtTheSameTime() throws InterruptedException {
        snapshots.capture("accounts", accounts, Matching.keyedBy("id"));

        assertThat(Workers.of(8)
                        .call(worker -> snapshots.compare("accounts").isEmpty())
                        .values())
                .containsOnly(true);
    }

    @Nested
    class WhenTheSourceIs {

        private record Account(int id, String owner) {}

        @Test
        void objects() {
            List<Account> list = new java.util.ArrayList<>(List.of(new Account(1, "ann")));
            Source source = Source.of(() -> list).column("id", Account::id).column("owner", Account::owner);
            snapshots.capture("accounts", source, Matching.keyedBy("id"));
            list.set(0, new Account(1, "bob"));

            assertThat(snapshots.compare("accounts").toString()).contains("changed : id=1  owner: \"ann\" -> \"bob\"");
        }

        @Test
        void maps() {
            Map<String, Object> map = new LinkedHashMap<>(Map.of("id", 1, "owner", "ann", "other", 3));
            snapshots.capture("accounts", Source.ofMaps(List.of("id", "owner"), () -> List.of(map)));
            map.put("other", 4);
            assertThat(snapshots.compare("accounts").isEmpty()).isTrue();

            map.remove("owner");
            assertThat(snapshots.compare("accounts").toString()).contains("added   : 1 x  id: 1, owner: null");
        }

        @Test
        void linesOfText() {
            AtomicReference<String> csv = new AtomicReference<>("id,owner\n1,ann\n2,");
            Source source = rows -> {
                List<String> lines = csv.get().lines().toList();
                rows.columns(lines.get(0).split(","));
                lines.stream().skip(1).forEach(line -> rows.row((Object[]) line.split(",", -1)));
            };
            snapshots.capture("file", source, Matching.keyedBy("id"));
            csv.set("id,owner\n1,ann\n2,bob");

            assertThat(snapshots.compare("file").toString()).contains("changed : id=\"2\"  owner: \"\" -> \"bob\"");
        }
    }

    @Nested
    class WhenTheSource {

        @Test
        void failsNothingIsKept() {
            IOException gone = new IOException("gone");

            assertThatThrownBy(() -> snapshots.capture("file", rows -> {
                        throw gone;
                    }))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Snapshot \"file\" must be read from its source, but that failed: "
                            + "java.io.IOException: gone. See the cause.")
                    .hasCause(gone);
            assertThat(snapshots.names()).isEmpty();
        }

        @Test
        void isInterruptedTheThreadStaysSo() {
            assertThatThrownBy(() -> snapshots.capture("file", rows -> {
                        throw new InterruptedException();
                    }))
                    .isInstanceOf(ChaosException.class);
            assertThat(Thread.interrupted()).isTrue();
        }

        @Test
        void failsUncheckedItsExceptionGoesOn() {
            IllegalStateException own = new IllegalStateException("own");

            assertThatThrownBy(() -> snapshots.capture("file", rows -> {
                        throw own;
                    }))
                    .isSameAs(own);
        }

        @Test
        void givesALabelTwiceItIsRefused() {
            refused(
                    rows -> rows.columns("id", "name", "id"),
                    "Columns of snapshot \"x\" must have labels of their own, but \"id\" is there twice. Give one "
                            + "another name (AS, in a query).");
        }

        @Test
        void givesNoColumnsItIsRefused() {
            refused(
                    rows -> rows.columns(),
                    "Snapshot \"x\" must have at least one column, but has none. Name what is to be compared.");
        }

        @Test
        void neverNamesItsColumnsItIsRefused() {
            String message = "The source of snapshot \"x\" must name its columns first, but did not. Call columns(...) "
                    + "before the first row, also if there is none.";
            refused(rows -> {}, message);
            refused(rows -> rows.row(1), message);
        }

        @Test
        void namesItsColumnsTwiceItIsRefused() {
            refused(
                    rows -> {
                        rows.columns("id");
                        rows.columns("id");
                    },
                    "The source of snapshot \"x\" must name its columns once, but did it twice. Call columns(...) before "
                            + "the first row only.");
        }

        @Test
        void givesARowOfAnotherLengthItIsRefused() {
            refused(
                    rows -> {
                        rows.columns("id", "name");
                        rows.row(1, "ann");
                        rows.row(2);
                    },
                    "Row 2 of snapshot \"x\" must have a cell for each of the 2 columns, but has 1. The columns are id, "
                            + "name.");
        }

        @Test
        void givesRowsLaterTheyAreRefused() {
            AtomicReference<Rows> kept = new AtomicReference<>();
            snapshots.capture("x", rows -> {
                rows.columns("id");
                kept.set(rows);
            });

            assertThatThrownBy(() -> kept.get().row(1))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The source of snapshot \"x\" must hand over its rows before it returns, but did it "
                            + "later. Wait for them in read(...).");
        }

        @Test
        void givesWhatCanNotBeKeptItIsRefused() {
            refused(
                    rows -> {
                        rows.columns("thing");
                        rows.row(new Thing());
                    },
                    "Column \"thing\" of snapshot \"x\" must hold values that can be kept, but one is a "
                            + Thing.class.getName()
                            + ", which has no toString(). Hand over what matters of it, as text "
                            + "say.");
        }

        @Test
        void givesAListThatHoldsItselfItIsRefused() {
            List<Object> list = new java.util.ArrayList<>();
            list.add(list);
            refused(
                    rows -> {
                        rows.columns("list");
                        rows.row(Arrays.asList(list).get(0));
                    },
                    "Column \"list\" of snapshot \"x\" must hold values that can be kept, but one is nested deeper than "
                            + "32 levels. Hand over what matters of it, as text say.");
        }

        @Test
        void losesAndGainsAColumnItIsRefused() {
            AtomicReference<String[]> labels = new AtomicReference<>(new String[] {"id", "name"});
            snapshots.capture("x", rows -> rows.columns(labels.get()));
            labels.set(new String[] {"id", "title"});

            assertThatThrownBy(() -> snapshots.compare("x"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "Snapshot \"x\" must have the columns that it had, but lost name and gained title. Read "
                                    + "the same columns each time, or recapture.");

            labels.set(new String[] {"name", "id"});
            assertThat(snapshots.compare("x").isEmpty()).isTrue();
        }

        private void refused(Source source, String message) {
            assertThatThrownBy(() -> snapshots.capture("x", source))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(message);
            assertThat(snapshots.names()).isEmpty();
        }
    }

    private static final class Thing {}
}
