// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.util.List;

/**
 * What there is to be kept.
 *
 * @param schemas whose
 * @param tables those that others refer to first
 * @param sequences by name in order
 * @param keys which column refers to which
 */
public record Shape(List<String> schemas, List<KeptTable> tables, List<KeptSequence> sequences, List<ForeignKey> keys) {

    public Shape {
        schemas = List.copyOf(schemas);
        tables = List.copyOf(tables);
        sequences = List.copyOf(sequences);
        keys = List.copyOf(keys);
    }
}
