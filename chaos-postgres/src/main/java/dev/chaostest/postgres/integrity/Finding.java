// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

/**
 * Holds one promise of a schema that its data, or the server, do not keep.
 *
 * <p>Names are as SQL takes them: quoted where they must be. Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public sealed interface Finding {

    /**
     * Rows refer to nothing.
     *
     * @param table that refers
     * @param constraint the foreign key, which may be {@code NOT VALID}
     * @param references the table that it refers to
     */
    record Orphans(String table, String constraint, String references, Evidence rows) implements Finding {
        @Override
        public String toString() {
            return "orphans in " + table + " by " + constraint + " to " + references + ", " + rows;
        }
    }

    /**
     * Values are there twice or more behind a unique index.
     *
     * @param index the index of the primary key, of the constraint, or as it was made
     * @param values the values, each with how often it is there
     */
    record Duplicates(String table, String index, Evidence values) implements Finding {
        @Override
        public String toString() {
            return "duplicates in " + table + " behind unique index " + index + ", " + values;
        }
    }

    /**
     * Rows have NULL in a column that is NOT NULL.
     *
     * @param column the column
     */
    record Nulls(String table, String column, Evidence rows) implements Finding {
        @Override
        public String toString() {
            return "NULL in " + table + "." + column + ", which is NOT NULL, " + rows;
        }
    }

    /**
     * Rows violate a CHECK constraint, or lie in the wrong partition.
     *
     * @param constraint the constraint; {@code partition bounds} for those of a partition
     * @param expression what must not be false
     */
    record Violations(String table, String constraint, String expression, Evidence rows) implements Finding {
        @Override
        public String toString() {
            return "rows of " + table + " violate " + constraint + " CHECK " + expression + ", " + rows;
        }
    }

    /**
     * An index is not used, or not kept up to date.
     *
     * @param index the index
     * @param state what the catalogue says: {@code not valid}, {@code not ready}, {@code being dropped}
     */
    record InvalidIndex(String table, String index, String state) implements Finding {
        @Override
        public String toString() {
            return "index " + index + " of " + table + " is " + state;
        }
    }

    /**
     * A trigger does not fire.
     *
     * @param trigger its name; for one that enforces a foreign key, that of the constraint
     * @param state {@code disabled}, or {@code for replication only}
     */
    record DisabledTrigger(String table, String trigger, String state) implements Finding {
        @Override
        public String toString() {
            return "trigger " + trigger + " of " + table + " is " + state;
        }
    }

    /**
     * An event trigger of the database does not fire.
     *
     * @param trigger its name
     * @param event {@code ddl_command_end} ...
     * @param state {@code disabled}, or {@code for replication only}
     */
    record DisabledEventTrigger(String trigger, String event, String state) implements Finding {
        @Override
        public String toString() {
            return "event trigger " + trigger + " on " + event + " is " + state;
        }
    }

    /**
     * A page, a row or an index is damaged: {@code amcheck} says so, or the server when it read it.
     *
     * @param relation the table or index
     * @param sqlState what the server answered; empty if amcheck told it as a row
     * @param message the server's words, for people
     */
    record Corruption(String relation, String sqlState, String message) implements Finding {
        @Override
        public String toString() {
            return relation + " is damaged: " + (sqlState.isEmpty() ? "" : sqlState + " ") + message;
        }
    }
}
