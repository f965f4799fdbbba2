// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import java.util.List;

/** States of constraints that would not hold: classes 23 and 44. */
final class ConstraintStates {

    private ConstraintStates() {}

    static List<StateEntry> all() {
        return List.of(
                StateEntry.of("23001", "restrict_violation", "A row is referred to, and ON DELETE RESTRICT keeps it.")
                        .takes("delete such a row on PostgreSQL 18 or later; up to 17 that is 23503"),
                StateEntry.of("23502", "not_null_violation", "A column must have a value.")
                        .by("CREATE TEMP TABLE chaos_t (i int NOT NULL)", "INSERT INTO chaos_t VALUES (NULL)"),
                StateEntry.of("23503", "foreign_key_violation", "The row that is referred to is not there.")
                        .by(
                                "CREATE TEMP TABLE chaos_p (i int PRIMARY KEY)",
                                "CREATE TEMP TABLE chaos_c (i int REFERENCES chaos_p)",
                                "INSERT INTO chaos_c VALUES (1)"),
                StateEntry.of("23505", "unique_violation", "The key exists already.")
                        .by("CREATE TEMP TABLE chaos_t (i int PRIMARY KEY)", "INSERT INTO chaos_t VALUES (1), (1)"),
                StateEntry.of("23514", "check_violation", "A check says no.")
                        .by("CREATE TEMP TABLE chaos_t (i int CHECK (i > 0))", "INSERT INTO chaos_t VALUES (0)"),
                StateEntry.of("23P01", "exclusion_violation", "Two rows overlap where they must not.")
                        .by(
                                "CREATE TEMP TABLE chaos_t (r int4range, EXCLUDE USING gist (r WITH &&))",
                                "INSERT INTO chaos_t VALUES ('[1,3)'), ('[2,4)')"),
                StateEntry.of("44000", "with_check_option_violation", "The view would not show the new row.")
                        .by(
                                "CREATE TEMP TABLE chaos_t (i int)",
                                "CREATE TEMP VIEW chaos_v AS SELECT i FROM chaos_t WHERE i > 0 WITH CHECK OPTION",
                                "INSERT INTO chaos_v VALUES (0)"));
    }
}
