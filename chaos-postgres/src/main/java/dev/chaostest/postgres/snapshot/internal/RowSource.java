// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import dev.chaostest.postgres.snapshot.internal.TableSql.Place;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Where the rows of a table can be read as they are or were. */
interface RowSource {

    /** The rows of some buckets, ordered by key and hash. */
    Places places(int buckets, Collection<Integer> wanted) throws SQLException;

    /** Some rows with their cells. */
    List<KeptRow> at(Collection<Place> places) throws SQLException;

    /** Places one by one. */
    interface Places extends AutoCloseable {
        /** The next one, null behind the last. */
        @Nullable
        Place next() throws SQLException;

        @Override
        void close() throws SQLException;
    }

    /** On the server: the table, as a transaction sees it, or a copy. */
    record OnServer(ReadTransaction transaction, TableSql sql) implements RowSource {

        private static final int PLACES_FETCHED = 5_000;
        private static final int ROWS_FETCHED = 20;

        @Override
        public Places places(int buckets, Collection<Integer> wanted) throws SQLException {
            ReadTransaction.Cursor cursor = transaction.open(sql.places(buckets, wanted), PLACES_FETCHED);
            return new Places() {
                @Override
                public @Nullable Place next() throws SQLException {
                    return cursor.rows().next()
                            ? new Place(
                                    cursor.rows().getLong(1),
                                    cursor.rows().getLong(2),
                                    cursor.rows().getString(3),
                                    cursor.rows().getInt(4))
                            : null;
                }

                @Override
                public void close() throws SQLException {
                    cursor.close();
                }
            };
        }

        @Override
        public List<KeptRow> at(Collection<Place> places) throws SQLException {
            List<KeptRow> rows = new ArrayList<>();
            if (places.isEmpty()) {
                return rows;
            }
            Set<Place> wanted = new HashSet<>();
            places.forEach(place -> wanted.add(new Place(place.key(), place.hash(), place.ctid(), 0)));
            try (ReadTransaction.Cursor cursor = transaction.open(sql.at(places), ROWS_FETCHED)) {
                ResultSet row = cursor.rows();
                while (row.next()) {
                    if (wanted.remove(new Place(row.getLong(1), row.getLong(2), row.getString(3), 0))) {
                        rows.add(KeptRow.of(row, sql.columns()));
                    }
                }
            }
            return rows;
        }
    }

    /**
     * In memory.
     *
     * @param rows ordered by key and hash
     */
    record InMemory(List<KeptRow> rows) implements RowSource {

        @Override
        public Places places(int buckets, Collection<Integer> wanted) {
            Set<Integer> within = new HashSet<>(wanted);
            Iterator<Integer> some = IntStream.range(0, rows.size())
                    .filter(i -> within.contains(rows.get(i).bucket()))
                    .iterator();
            return new Places() {
                @Override
                public @Nullable Place next() {
                    if (!some.hasNext()) {
                        return null;
                    }
                    int number = some.next();
                    KeptRow row = rows.get(number);
                    return new Place(row.key(), row.hash(), Integer.toString(number), row.bucket());
                }

                @Override
                public void close() {
                    // nothing is open
                }
            };
        }

        @Override
        public List<KeptRow> at(Collection<Place> places) {
            return places.stream()
                    .map(place -> rows.get(Integer.parseInt(place.ctid())))
                    .toList();
        }
    }
}
