// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import java.util.List;

/** States of statements that are wrong, or at the wrong place: classes 0A, 26, 2B, 34, 3F, 42, P0. */
final class StatementStates {

    private StatementStates() {}

    static List<StateEntry> all() {
        return List.of(
                StateEntry.of(
                                "0A000",
                                "feature_not_supported",
                                "The server can't do that; also: a cached plan no longer fits its table.")
                        .by("SELECT count(*) FROM pg_catalog.pg_class FOR UPDATE"),
                StateEntry.of("26000", "invalid_sql_statement_name", "There is no prepared statement of that name.")
                        .by("EXECUTE chaos_nothing"),
                StateEntry.of("2BP01", "dependent_objects_still_exist", "Something else needs it.")
                        .by(
                                "CREATE TEMP TABLE chaos_t (i int)",
                                "CREATE TEMP VIEW chaos_v AS SELECT i FROM chaos_t",
                                "DROP TABLE chaos_t"),
                StateEntry.of("34000", "invalid_cursor_name", "There is no cursor of that name.")
                        .by("FETCH chaos_nothing"),
                StateEntry.of("3F000", "invalid_schema_name", "There is no such schema.")
                        .by("CREATE TABLE chaos_nothing.t (i int)"),
                StateEntry.of("42501", "insufficient_privilege", "This role may not do that.")
                        .by("SET LOCAL ROLE pg_monitor", "SELECT rolpassword FROM pg_catalog.pg_authid"),
                StateEntry.of("42601", "syntax_error", "The statement can't be read.")
                        .by("SELEC"),
                StateEntry.of("42703", "undefined_column", "There is no such column.")
                        .by("SELECT chaos_nothing FROM pg_catalog.pg_class"),
                StateEntry.of("42804", "datatype_mismatch", "A value has a type that does not fit.")
                        .by("SELECT CASE WHEN 1 THEN 2 END"),
                StateEntry.of("42883", "undefined_function", "There is no such function, or not for these types.")
                        .by("SELECT chaos_nothing()"),
                StateEntry.of("42P01", "undefined_table", "There is no such table, or not on the search path.")
                        .by("SELECT 1 FROM chaos_nothing"),
                StateEntry.of(
                                "42P05",
                                "duplicate_prepared_statement",
                                "A prepared statement of that name exists already.")
                        .by("PREPARE chaos_p AS SELECT 1", "PREPARE chaos_p AS SELECT 2"),
                StateEntry.of("42P07", "duplicate_table", "The table exists already.")
                        .by("CREATE TEMP TABLE chaos_t (i int)", "CREATE TEMP TABLE chaos_t (i int)"),
                StateEntry.of("P0001", "raise_exception", "A function or a trigger raised it.")
                        .by("DO 'BEGIN RAISE EXCEPTION ''no''; END'"));
    }
}
