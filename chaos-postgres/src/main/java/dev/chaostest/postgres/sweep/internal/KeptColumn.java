// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

/**
 * A column of a table that is kept.
 *
 * @param name as the catalog has it
 * @param type as SQL takes it
 * @param generated whether the server computes it, so that it can't be written
 * @param key whether it is part of the primary key
 */
public record KeptColumn(String name, String type, boolean generated, boolean key) {

    /** Whether it can hold a time of day or a date. */
    boolean isTemporal() {
        return type.startsWith("timestamp") || type.startsWith("time") || type.equals("date");
    }

    /** Whether it can hold a time as a number. */
    boolean isWhole() {
        return type.equals("bigint") || type.equals("integer") || type.startsWith("numeric");
    }

    /** Whether it can hold a time among other things: a message, a document. */
    boolean isText() {
        return type.equals("text") || type.startsWith("character") || type.startsWith("json") || type.endsWith("[]");
    }
}
