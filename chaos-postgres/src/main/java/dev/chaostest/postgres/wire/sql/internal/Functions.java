// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import dev.chaostest.plan.Site;
import java.util.Map;

/**
 * The names behind function calls, which carry only the function's number.
 *
 * <p>The numbers of the large-object functions, for which drivers use these calls, are fixed in PostgreSQL's catalogue.
 * Source: PostgreSQL sources, {@code pg_proc.dat}.
 */
public final class Functions {

    private static final Map<Integer, String> LARGE_OBJECTS = Map.ofEntries(
            Map.entry(715, "lo_create"),
            Map.entry(764, "lo_import"),
            Map.entry(765, "lo_export"),
            Map.entry(767, "lo_import"),
            Map.entry(952, "lo_open"),
            Map.entry(953, "lo_close"),
            Map.entry(954, "loread"),
            Map.entry(955, "lowrite"),
            Map.entry(956, "lo_lseek"),
            Map.entry(957, "lo_creat"),
            Map.entry(958, "lo_tell"),
            Map.entry(964, "lo_unlink"),
            Map.entry(1004, "lo_truncate"),
            Map.entry(3170, "lo_lseek64"),
            Map.entry(3171, "lo_tell64"),
            Map.entry(3172, "lo_truncate64"));

    private Functions() {}

    public static Site site(int function) {
        String name = LARGE_OBJECTS.get(function);
        return new Site(SqlSites.SEAM, "function " + (name == null ? "number " + function : name));
    }
}
