// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import java.util.Objects;

/**
 * Names a table as the catalogue has it: neither quoted nor folded.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param schema such as {@code public}
 * @param name such as {@code account}
 * @since 0.1
 */
public record TableName(String schema, String name) {

    public TableName {
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(name, "name");
    }

    /** With its schema, for messages. */
    @Override
    public String toString() {
        return schema + "." + name;
    }
}
