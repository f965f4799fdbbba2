// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cells that do not show what is in them: what is refused, and what is looked into all the same. */
class OpaqueCellsTest {

    /** Has equals and hashCode by its id, as entities have, and no toString. */
    private static final class Entity {
        private final int id;

        Entity(int id) {
            this.id = id;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entity entity && entity.id == id;
        }

        @Override
        public int hashCode() {
            return id;
        }
    }

    private record Document(String name, Object body) {}

    private static final class Told {
        private final String text;

        Told(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class Cyclic {
        private final List<Object> children = new ArrayList<>(List.of(this));

        @Override
        public String toString() {
            return "Cyclic" + children;
        }
    }

    private static final class Broken {
        @Override
        public String toString() {
            throw new IllegalStateException("no session");
        }
    }

    private static Snapshot capture(Object cell) {
        return new Snapshots().capture("cells", new Accounts("id", "cell").with(1, cell));
    }

    private static void refused(Object cell, String why) {
        assertThatThrownBy(() -> capture(cell))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Column \"cell\" of snapshot \"cells\" must hold values that can be kept, but one " + why
                        + ". Hand over what matters of it, as text say.");
    }

    @Test
    void entityWithoutToStringIsRefusedThoughItHasAHashCode() {
        refused(new Entity(7), "is a " + Entity.class.getName() + ", which has no toString()");
    }

    static Stream<Object> identities() {
        return Stream.of(
                new Document("a", new byte[] {1}),
                new Document("a", new String[] {"x"}),
                new Document("a", new long[][] {{1}}),
                new Document("a", new Entity(7)),
                new Document("a", new Object()),
                Optional.of(new byte[] {1}));
    }

    @ParameterizedTest
    @MethodSource("identities")
    void whatPrintsTheIdentityOfSomethingInItIsRefused(Object cell) {
        refused(
                cell,
                "is a " + cell.getClass().getName() + ", whose toString() shows what is in it by its identity only: "
                        + cell);
    }

    @Test
    void textThatLooksNearlySoIsKept() {
        assertThat(Stream.of(
                                new Told("joe.smith@beef.de"),
                                new Told("Joe.Smith@beef.de"),
                                new Told("joe@beef"),
                                new Told("[B@home]"),
                                new Told("at @1f"),
                                new Document("a", List.of(1)))
                        .map(OpaqueCellsTest::capture))
                .allMatch(snapshot -> snapshot.rows() == 1);
    }

    @Test
    void bytesInABufferAreLookedAt() {
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {9, 1, 2}, 1, 2);
        Accounts source = new Accounts("id", "cell").with(1, buffer);
        Snapshots snapshots = new Snapshots();
        snapshots.capture("bytes", source, Matching.keyedBy("id"));
        assertThat(snapshots.compare("bytes").isEmpty()).isTrue();

        buffer.put(2, (byte) 7);

        assertThat(snapshots.compare("bytes").toString()).endsWith("cell: \\x0102 -> \\x0107");
        assertThat(buffer.remaining()).as("not consumed").isEqualTo(2);
    }

    @Test
    void otherBuffersAreRefused() {
        refused(IntBuffer.allocate(1), "is a java.nio.HeapIntBuffer, whose toString() does not show what is in it");
    }

    @Test
    void whatCanNotBePrintedIsRefusedWithItsColumn() {
        refused(
                new Broken(),
                "is a " + Broken.class.getName()
                        + ", whose toString() threw java.lang.IllegalStateException: no session");
        refused(
                new Cyclic(),
                "is a " + Cyclic.class.getName() + ", whose toString() threw java.lang.StackOverflowError");
    }

    @Test
    void elementsThatCanNotBeToldApartAreRefused() {
        Set<Object> twins = Collections.newSetFromMap(new IdentityHashMap<>());
        twins.addAll(List.of(new Told("a"), new Told("a")));
        refused(twins, "is a set, in which two elements print the same");

        IdentityHashMap<Object, Object> map = new IdentityHashMap<>();
        map.put(new Told("a"), 1);
        map.put(new Told("a"), 2);
        refused(map, "is a map, in which two keys print the same");
    }

    @Test
    void largeNumbersCountAsTheBytesTheyAre() {
        BigInteger large = BigInteger.ONE.shiftLeft(8 * 1_000);

        assertThat(Cells.weight(Cells.frozen(large))).isGreaterThan(1_000);
    }

    @Test
    void whatIsHandedOutIsTextAndCopiedBytesAlsoInLists() {
        Accounts source = new Accounts("id", "told", "list")
                .with(1, new Told("a"), Arrays.asList(new byte[] {1}, new Told("x"), null));
        Snapshots snapshots = new Snapshots();
        snapshots.capture("cells", source, Matching.keyedBy("id"));
        source.set(0, 1, new Told("b"));
        source.set(0, 2, List.of());

        List<SnapshotDiff.CellDiff> cells = snapshots
                .compare("cells")
                .rows(SnapshotDiff.Kind.CHANGED)
                .get(0)
                .cells();

        assertThat(cells)
                .filteredOn(cell -> cell.column().equals("told"))
                .singleElement()
                .satisfies(cell -> {
                    assertThat(cell.before()).isEqualTo("a");
                    assertThat(cell.after()).isEqualTo("b");
                });
        assertThat(cells)
                .filteredOn(cell -> cell.column().equals("list"))
                .singleElement()
                .satisfies(cell -> assertThat((List<?>) cell.before())
                        .satisfiesExactly(
                                bytes -> assertThat(bytes).isEqualTo(new byte[] {1}),
                                told -> assertThat(told).isEqualTo("x"),
                                none -> assertThat(none).isNull()));
    }

    @Test
    void aComparisonGetsTheTextOfWhatIsNotKnown() {
        Accounts source = new Accounts("id", "told").with(1, new Told("a"));
        Snapshots snapshots = new Snapshots();
        Matching matching = Matching.keyedBy("id")
                .comparing("told", (before, after) -> ((String) before).equalsIgnoreCase((String) after));
        snapshots.capture("cells", source, matching);
        source.set(0, 1, new Told("A"));

        assertThat(snapshots.compare("cells").isEmpty()).isTrue();
    }

    @Test
    @SuppressWarnings("UnnecessaryStringBuilder") // its type is the point
    void theMessageTellsTypesApartThatPrintAlike() {
        Accounts source = new Accounts("id", "told").with(1, new Told("a"));
        Snapshots snapshots = new Snapshots();
        snapshots.capture("cells", source, Matching.keyedBy("id"));
        source.set(0, 1, Optional.class);
        assertThat(snapshots.compare("cells").toString()).contains("told: a -> class java.util.Optional");

        source.set(0, 1, "a");
        assertThat(snapshots.compare("cells").toString()).contains("told: a -> \"a\"");

        source.set(0, 1, new Other("a"));
        assertThat(snapshots.compare("cells").toString()).contains("told: a (Told) -> a (Other)");
    }

    private record Other(String text) {
        @Override
        public String toString() {
            return text;
        }
    }
}
