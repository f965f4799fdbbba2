// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import java.time.Instant;
import java.util.Optional;

/**
 * The name of a database of ours, made as {@link SchemaName} makes that of a schema.
 *
 * @param text the name as the catalogue has it, neither quoted nor folded
 */
public record DatabaseName(String text) {

    private static final String KIND = "database";

    /**
     * Checks what users give as the first part of a name.
     *
     * @throws ChaosException if PostgreSQL could not have a database of that name
     */
    public static String requirePrefix(String prefix) {
        return SchemaName.requirePrefix(KIND, prefix);
    }

    /**
     * The next name of a run.
     *
     * @throws ChaosException if it is longer than PostgreSQL's names can be
     */
    public static DatabaseName next(String prefix, Run run, Instant now) {
        return new DatabaseName(SchemaName.next(KIND, prefix, run, now));
    }

    /** When a database was made, if its name is one that {@link #next} gives for this prefix. */
    static Optional<Instant> madeAt(String prefix, String name) {
        return SchemaName.madeAt(prefix, name);
    }

    /** The name as SQL takes it, whatever it holds. */
    public String quoted() {
        return SchemaName.quote(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
