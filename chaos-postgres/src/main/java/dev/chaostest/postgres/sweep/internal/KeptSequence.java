// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.isolation.internal.SchemaName;

/**
 * A sequence that is set back.
 *
 * @param schema as the catalog has it
 * @param name as the catalog has it
 * @param increment from one value to the next
 * @param min its least value
 * @param max its greatest value
 * @param cached whether sessions take values ahead: those may be handed out after it was set back, so it is not
 */
public record KeptSequence(String schema, String name, long increment, long min, long max, boolean cached) {

    String quoted() {
        return SchemaName.quote(schema) + "." + SchemaName.quote(name);
    }

    /**
     * How far it is.
     *
     * @param last its last value
     * @param called whether that was handed out
     */
    public record Position(long last, boolean called) {

        /** So many values further; where it is if there is no room. */
        Position shifted(long values, KeptSequence sequence) {
            long way = values * sequence.increment;
            boolean room = way > 0 ? last < sequence.max - way : last > sequence.min - way;
            return room ? new Position(last + way, called) : this;
        }
    }
}
