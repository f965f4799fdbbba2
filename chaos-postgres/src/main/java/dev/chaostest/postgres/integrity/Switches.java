// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import java.sql.SQLException;

/** Looks for what is switched off in the catalogue: indexes, triggers, event triggers. */
final class Switches {

    private static final String INDEXES = """
            SELECT pg_catalog.format('%I.%I', n.nspname, t.relname), pg_catalog.quote_ident(x.relname),
                   CASE WHEN NOT i.indislive THEN 'being dropped' WHEN NOT i.indisready THEN 'not ready' ELSE 'not valid' END
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
            WHERE n.nspname = ? AND NOT (i.indisvalid AND i.indisready AND i.indislive)
            ORDER BY 1, 2
            """;

    /** Those that enforce a foreign key have names that say nothing, on both of its tables. */
    private static final String TRIGGERS = """
            SELECT pg_catalog.format('%I.%I', n.nspname, t.relname),
                   pg_catalog.quote_ident(coalesce(k.conname, g.tgname)),
                   CASE g.tgenabled WHEN 'D' THEN 'disabled' ELSE 'for replication only' END
            FROM pg_catalog.pg_trigger g
            JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
            LEFT JOIN pg_catalog.pg_constraint k ON k.oid = g.tgconstraint AND g.tgisinternal
            WHERE n.nspname = ? AND g.tgenabled IN ('D', 'R')
            ORDER BY 1, 2
            """;

    private static final String EVENT_TRIGGERS = """
            SELECT pg_catalog.quote_ident(evtname), evtevent,
                   CASE evtenabled WHEN 'D' THEN 'disabled' ELSE 'for replication only' END
            FROM pg_catalog.pg_event_trigger
            WHERE evtenabled IN ('D', 'R')
            ORDER BY 1
            """;

    private Switches() {}

    static void examine(Examination examination) throws SQLException {
        examination.catalogue(
                INDEXES,
                row -> examination.add(new Finding.InvalidIndex(row.getString(1), row.getString(2), row.getString(3))));
        examination.catalogue(
                TRIGGERS,
                row -> examination.add(
                        new Finding.DisabledTrigger(row.getString(1), row.getString(2), row.getString(3))));
        examination.catalogue(
                EVENT_TRIGGERS,
                row -> examination.add(
                        new Finding.DisabledEventTrigger(row.getString(1), row.getString(2), row.getString(3))));
    }
}
