// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Looks for rows that violate a CHECK constraint of their table, or the bounds of their partition. */
final class Checks {

    private static final String CONSTRAINTS = """
            SELECT pg_catalog.format('%I.%I', n.nspname, t.relname), pg_catalog.quote_ident(t.relname),
                   pg_catalog.quote_ident(k.conname), pg_catalog.pg_get_expr(k.conbin, k.conrelid)
            FROM pg_catalog.pg_constraint k
            JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
            WHERE k.contype = 'c' AND n.nspname = ? AND t.relkind = 'r'
              AND coalesce((pg_catalog.to_jsonb(k) ->> 'conenforced')::boolean, true)
            UNION ALL
            SELECT pg_catalog.format('%I.%I', n.nspname, t.relname), pg_catalog.quote_ident(t.relname),
                   'partition bounds', pg_catalog.pg_get_partition_constraintdef(t.oid)
            FROM pg_catalog.pg_class t
            JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
            WHERE n.nspname = ? AND t.relkind = 'r' AND t.relispartition
              AND pg_catalog.pg_get_partition_constraintdef(t.oid) IS NOT NULL
            ORDER BY 1, 3
            """;

    private Checks() {}

    private record Check(String table, String unqualified, String name, String expression) {

        /** NULL passes a CHECK. */
        String sql() {
            return "SELECT pg_catalog.count(*) OVER (), " + Evidence.example("(" + unqualified + ".*)::text")
                    + " FROM ONLY " + table + " WHERE (" + expression + ") IS FALSE ORDER BY 2 LIMIT "
                    + Evidence.EXAMPLES_MAX;
        }
    }

    static void examine(Examination examination) throws SQLException {
        List<Check> checks = new ArrayList<>();
        examination.catalogue(
                CONSTRAINTS,
                row -> checks.add(new Check(row.getString(1), row.getString(2), row.getString(3), row.getString(4))));
        for (Check check : checks) {
            examination.step(
                    check.table(),
                    "CHECK " + check.name(),
                    () -> examination
                            .evidence(check.sql())
                            .ifPresent(rows -> examination.add(
                                    new Finding.Violations(check.table(), check.name(), check.expression(), rows))));
        }
    }
}
