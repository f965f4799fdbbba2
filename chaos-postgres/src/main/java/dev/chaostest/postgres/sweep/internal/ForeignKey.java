// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

/**
 * One column that refers to another.
 *
 * @param from {@code table.column}
 * @param to {@code table.column}
 */
public record ForeignKey(String from, String to) {

    static String name(KeptTable table, KeptColumn column) {
        return table.label() + "." + column.name();
    }
}
