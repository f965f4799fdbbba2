// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

/** A DataSource that asks at each acquire; found through wrappers by {@code unwrap}. */
public interface Gated {

    /** What it asks. */
    Gate gate();
}
