// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import java.util.List;

/** States about values: classes 21 and 22. */
final class DataStates {

    private DataStates() {}

    static List<StateEntry> all() {
        return List.of(
                StateEntry.of("21000", "cardinality_violation", "More rows came than there may be.")
                        .by("SELECT (SELECT n FROM generate_series(1, 2) AS n)"),
                StateEntry.of("22001", "string_data_right_truncation", "A text is too long for its column.")
                        .by("CREATE TEMP TABLE chaos_t (v varchar(1))", "INSERT INTO chaos_t VALUES ('xx')"),
                StateEntry.of("22003", "numeric_value_out_of_range", "A number is too big for its type.")
                        .by("SELECT 70000::smallint"),
                StateEntry.of("22004", "null_value_not_allowed", "A NULL stands where none may stand.")
                        .by("DO 'BEGIN EXECUTE NULL; END'"),
                StateEntry.of("22007", "invalid_datetime_format", "A text is no date or time.")
                        .by("SELECT 'x'::date"),
                StateEntry.of("22008", "datetime_field_overflow", "A month, a day or an hour does not exist.")
                        .by("SELECT '2000-13-45'::date"),
                StateEntry.of("22012", "division_by_zero", "A number was divided by zero.")
                        .by("SELECT 1 / 0"),
                StateEntry.of("2201B", "invalid_regular_expression", "A pattern can't be read.")
                        .by("SELECT 'a' ~ '('"),
                StateEntry.of("22021", "character_not_in_repertoire", "Bytes are no text in this encoding.")
                        .by("SELECT convert_from('\\xff'::bytea, 'UTF8')"),
                StateEntry.of("22023", "invalid_parameter_value", "An argument is not one that the function takes.")
                        .by("SELECT setseed(2)"),
                StateEntry.of("22025", "invalid_escape_sequence", "The escape of a LIKE is no single character.")
                        .by("SELECT 'a' LIKE 'a' ESCAPE 'xx'"),
                StateEntry.of("22P02", "invalid_text_representation", "A text is no value of the type.")
                        .by("SELECT 'x'::int"),
                StateEntry.of("22P05", "untranslatable_character", "A character does not exist in the other encoding.")
                        .by("SELECT convert('\\xe697a5'::bytea, 'UTF8', 'LATIN1')"));
    }
}
