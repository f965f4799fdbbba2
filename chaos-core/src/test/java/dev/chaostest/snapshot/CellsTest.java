// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which cells are equal: the same for rows with cells, and for rows that are kept as digests. */
@SuppressWarnings({"JavaUtilDate", "UnnecessaryStringBuilder"}) // users have such cells
class CellsTest {

    private static final class SqlLike extends Date {
        private static final long serialVersionUID = 1L;

        SqlLike(long millis) {
            super(millis);
        }

        @Override
        public String toString() {
            return "2026-10-25 02:30:00"; // the hour that is there twice
        }
    }

    private static boolean isEqual(Object a, Object b) {
        boolean equal = Encoding.isEqual(Cells.frozen(a), Cells.frozen(b));
        assertThat(Digest.of(Arrays.asList(Cells.frozen(a))).equals(Digest.of(Arrays.asList(Cells.frozen(b)))))
                .isEqualTo(equal);
        return equal;
    }

    static Stream<Arguments> equal() {
        return Stream.of(
                arguments(null, null),
                arguments(Double.NaN, Double.NaN),
                arguments(Double.NaN, Float.NaN),
                arguments(Double.NaN, Double.longBitsToDouble(0x7ff8000000000001L)),
                arguments(-0.0, 0.0),
                arguments(-0.0f, 0.0),
                arguments(new BigDecimal("1.0"), new BigDecimal("1.00")),
                arguments(new BigDecimal("100"), new BigDecimal("1E2")),
                arguments(new BigDecimal("0.00"), 0),
                arguments(1, 1L),
                arguments((short) 1, BigInteger.ONE),
                arguments(1, new BigDecimal("1.0")),
                arguments(Instant.EPOCH, OffsetDateTime.parse("1970-01-01T02:00:00+02:00")),
                arguments(Instant.EPOCH, ZonedDateTime.parse("1970-01-01T01:00:00+01:00[Europe/Berlin]")),
                arguments(Date.from(Instant.EPOCH), Instant.EPOCH),
                arguments(new byte[] {1, 2}, new byte[] {1, 2}),
                arguments(new int[] {1, 2}, new Integer[] {1, 2}),
                arguments(new int[] {1, 2}, List.of(1, 2)),
                arguments(new int[][] {{1}, {2, 3}}, new int[][] {{1}, {2, 3}}),
                arguments(new Object[] {"a", new byte[] {1}}, new Object[] {"a", new byte[] {1}}),
                arguments(new double[] {Double.NaN}, new double[] {Double.NaN}),
                arguments(new LinkedHashSet<>(List.of("a", "b")), new LinkedHashSet<>(List.of("b", "a"))),
                arguments(ordered("a", 1, "b", 2), ordered("b", 2, "a", 1)),
                arguments(new StringBuilder("a"), "a"),
                arguments(new AtomicInteger(7), 7),
                arguments(UUID.fromString("0-0-0-0-1"), UUID.fromString("0-0-0-0-1")),
                arguments(TimeUnit.DAYS, TimeUnit.DAYS));
    }

    static Stream<Arguments> different() {
        return Stream.of(
                arguments(null, "null"),
                arguments(null, ""),
                arguments("", " "),
                arguments("1", 1),
                arguments("a", 'a'),
                arguments("true", true),
                arguments("A", "a"),
                arguments("\ud800", "\ud801"),
                arguments("\ud800", "?"),
                arguments(0.1, new BigDecimal("0.1")),
                arguments(0.1f, 0.1),
                arguments(1.0, 1),
                arguments(Double.NaN, null),
                arguments(Instant.EPOCH, Instant.EPOCH.plusNanos(1)),
                arguments(Instant.EPOCH, LocalDateTime.parse("1970-01-01T00:00:00")),
                arguments(LocalDate.EPOCH, LocalDate.EPOCH.plusDays(1)),
                arguments(LocalDate.EPOCH, "1970-01-01"),
                arguments(new SqlLike(0), new SqlLike(3_600_000)),
                arguments(new byte[] {1, 2}, new byte[] {2, 1}),
                arguments(new byte[0], null),
                arguments(new byte[] {1}, new int[] {1}),
                arguments(new int[] {}, null),
                arguments(new Object[] {1, List.of(2)}, new Object[] {List.of(1), 2}),
                arguments(new Object[] {"a", "bc"}, new Object[] {"ab", "c"}),
                arguments(new Object[] {null}, new Object[] {}),
                arguments(new String[] {"1,2"}, new String[] {"1", "2"}),
                arguments(ordered("a", 1, "b", 2), ordered("a", 2, "b", 1)),
                arguments(List.of("a"), new LinkedHashSet<>(List.of("a"))),
                arguments(TimeUnit.DAYS, TimeUnit.HOURS),
                arguments(TimeUnit.DAYS, "DAYS"));
    }

    private static Map<String, Integer> ordered(String a, int x, String b, int y) {
        Map<String, Integer> map = new LinkedHashMap<>();
        map.put(a, x);
        map.put(b, y);
        return map;
    }

    @ParameterizedTest
    @MethodSource
    void equal(Object a, Object b) {
        assertThat(isEqual(a, b)).isTrue();
        assertThat(isEqual(b, a)).isTrue();
    }

    @ParameterizedTest
    @MethodSource
    void different(Object a, Object b) {
        assertThat(isEqual(a, b)).isFalse();
        assertThat(isEqual(b, a)).isFalse();
    }

    @Test
    void rowsOfOtherCutsHaveOtherDigests() {
        assertThat(Stream.of(
                                List.of("a", "bc"),
                                List.of("ab", "c"),
                                List.of("abc", ""),
                                List.of("", "abc"),
                                List.of("abc"),
                                Arrays.asList("abc", null),
                                Arrays.asList(null, "abc"),
                                List.of(List.of("a", "bc")))
                        .map(Digest::of))
                .doesNotHaveDuplicates();
    }

    @Test
    void whatCanChangeIsCopied() {
        byte[] bytes = {1, 2};
        int[][] nested = {{1}, {2}};
        List<Object> list = new ArrayList<>(List.of("a", bytes));
        Date date = new Date(0);
        StringBuilder text = new StringBuilder("a");
        AtomicInteger number = new AtomicInteger(1);
        Accounts source = new Accounts("b", "n", "l", "d", "t", "a").with(bytes, nested, list, date, text, number);
        Snapshots snapshots = new Snapshots();
        snapshots.capture("mutable", source, Matching.ordered());

        bytes[0] = 9;
        nested[1][0] = 9;
        list.add("c");
        date.setTime(1_000);
        text.append("b");
        number.set(2);

        assertThat(snapshots.compare("mutable"))
                .asString()
                .endsWith("\n  changed : row 1  "
                        + "b: \\x0102 -> \\x0902, "
                        + "n: [[1], [2]] -> [[1], [9]], "
                        + "l: [\"a\", \\x0102] -> [\"a\", \\x0902, \"c\"], "
                        + "d: 1970-01-01T00:00:00Z -> 1970-01-01T00:00:01Z, "
                        + "t: \"a\" -> \"ab\", "
                        + "a: 1 -> 2");
    }

    @Test
    void whatIsHandedOutCanNotSpoilTheSnapshot() {
        Accounts source = new Accounts("id", "b").with(1, new byte[] {1});
        Snapshots snapshots = new Snapshots();
        snapshots.capture("bytes", source, Matching.keyedBy("id"));
        source.set(0, 1, new byte[] {2});
        SnapshotDiff diff = snapshots.compare("bytes");

        byte[] handedOut = (byte[])
                diff.rows(SnapshotDiff.Kind.CHANGED).get(0).cells().get(0).before();
        handedOut[0] = 77;

        assertThat(diff.toString()).contains("b: \\x01 -> \\x02");
    }
}
