// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The statements that read a table, or a copy of it. They give for each row what tells it from others, {@code k}, and a hash
 * of all of it, {@code h}; without a primary key, both are the same.
 *
 * <p>The server's hash of a row is a weighted sum of its columns' hashes. So a sum over rows would not see that two rows
 * swapped a value; the hash of that hash does. Of this, too, the form in which it is sent is taken, since an integer's hash
 * has 32 bits only.
 *
 * @param from how the rows are named, {@code k}, {@code h}, {@code c} (where a row is) and {@code v1, v2, ...} included
 * @param spread what is cut into buckets: numbers of a sequence would fill few of them
 * @param columns how many values there are
 */
record TableSql(String from, String spread, int columns) {

    /** The table itself. */
    static TableSql of(String schema, TableShape table) {
        String name = SchemaName.quote(schema) + "." + SchemaName.quote(table.name());
        String only = table.kind() == 'r' ? "ONLY " : ""; // what inherits from it is a table of its own
        return new TableSql(
                "(SELECT " + hashes(table) + ", t.ctid AS c" + texts(table) + " FROM " + only + name + " AS t) AS s",
                spread(table),
                table.columns().size());
    }

    /** A copy that {@link #copy} made: all text, so that no type of the schema depends on us or we on it. */
    static TableSql ofCopy(String copy, TableShape table) {
        return new TableSql(
                "(SELECT ctid AS c, * FROM " + copy + ") AS s",
                spread(table),
                table.columns().size());
    }

    private static String spread(TableShape table) {
        return isWhole(table) ? "hashint8extended(k, 0)" : "k";
    }

    private static boolean isWhole(TableShape table) {
        return table.key().size() == 1 && table.column(table.key().get(0)).isWhole();
    }

    private static String hashes(TableShape table) {
        String whole = hash(table.columns().stream().map(Column::exact).toList());
        return key(table, whole) + " AS k, " + whole + " AS h";
    }

    private static String key(TableShape table, String whole) {
        if (isWhole(table)) {
            return table.column(table.key().get(0)).reference() + "::bigint";
        }
        return table.isKeyed()
                ? hash(table.key().stream().map(name -> table.column(name).exact()).toList())
                : whole;
    }

    private static String hash(List<String> expressions) {
        return expressions.isEmpty()
                ? "0::bigint"
                : "hash_record_extended(ROW(int8send(hash_record_extended(ROW(" + String.join(", ", expressions)
                        + "), 0))), 0)";
    }

    private static String texts(TableShape table) {
        StringBuilder texts = new StringBuilder();
        for (int i = 0; i < table.columns().size(); i++) {
            texts.append(", ").append(table.columns().get(i).text()).append(" AS v").append(i + 1);
        }
        return texts.toString();
    }

    /** Makes a copy; its owner reads it by {@link #ofCopy}. */
    String copy(String copy) {
        return "CREATE UNLOGGED TABLE " + copy + " AS SELECT k, h" + values("v%1$d") + " FROM " + from;
    }

    /** Count and sum for each bucket that has rows. */
    String digest(int buckets) {
        return "SELECT " + bucket(buckets) + ", count(*), sum(h) FROM " + from + " GROUP BY 1";
    }

    /** Key, hash, place and bucket of the rows of some buckets, in order. */
    String places(int buckets, Collection<Integer> wanted) {
        String where = wanted.size() == buckets
                ? ""
                : " WHERE " + bucket(buckets) + " IN ("
                        + wanted.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")";
        return "SELECT k, h, c::text, " + bucket(buckets) + " FROM " + from + where + " ORDER BY k, h";
    }

    private String bucket(int buckets) {
        return spread + " & " + (buckets - 1);
    }

    /** The rows at some places; those of partitions share places, so the hash counts, too. */
    String at(Collection<Place> places) {
        String where = places.stream().map(Place::ctid).distinct().map(it -> '"' + it + '"').collect(Collectors.joining(","));
        String hashes = places.stream().map(place -> Long.toString(place.hash())).collect(Collectors.joining(","));
        return "SELECT k, h, c::text, 0" + values(Column.shown("v%1$d")) + " FROM " + from + " WHERE c = ANY ('{" + where
                + "}'::tid[]) AND h = ANY ('{" + hashes + "}'::bigint[])";
    }

    /** Everything, for a small table. */
    String all(int buckets) {
        return "SELECT k, h, c::text, " + bucket(buckets) + values(Column.shown("v%1$d")) + " FROM " + from + " ORDER BY k, h";
    }

    private String values(String form) {
        StringBuilder values = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
            values.append(", ").append(String.format(Locale.ROOT, form, i));
        }
        return values.toString();
    }

    /**
     * Where a row is.
     *
     * @param ctid on the server; in memory, its number
     */
    record Place(long key, long hash, String ctid, int bucket) {}
}
