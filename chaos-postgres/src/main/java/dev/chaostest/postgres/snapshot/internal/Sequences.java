// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads how far the sequences of a schema are. They are outside of any transaction, and so is this. */
final class Sequences {

    /** A statement with more would be slow to plan. */
    private static final int AT_ONCE = 100;

    private Sequences() {}

    /** Their last values and whether these were handed out, as one text each. */
    static Map<String, String> read(ReadTransaction transaction, String schema) throws SQLException {
        List<String> names = new ArrayList<>();
        transaction.queryAbout(
                schema,
                "SELECT relname FROM pg_class WHERE relkind = 'S'"
                        + " AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ?) ORDER BY 1",
                row -> names.add(row.getString(1)));
        Map<String, String> states = new TreeMap<>();
        for (int first = 0; first < names.size(); first += AT_ONCE) {
            List<String> some = names.subList(first, Math.min(names.size(), first + AT_ONCE));
            List<String> selects = new ArrayList<>();
            for (int i = 0; i < some.size(); i++) {
                selects.add("SELECT " + i + ", last_value, is_called FROM " + SchemaName.quote(schema) + "."
                        + SchemaName.quote(some.get(i)));
            }
            transaction.query(String.join(" UNION ALL ", selects), row -> {
                String state = row.getLong(2) + (row.getBoolean(3) ? "" : " (not handed out)");
                states.put(some.get(row.getInt(1)), state);
                return true;
            });
        }
        return states;
    }
}
