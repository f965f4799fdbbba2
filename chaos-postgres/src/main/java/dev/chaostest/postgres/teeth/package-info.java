// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a test would notice that something is wrong: {@link dev.chaostest.postgres.teeth.Rehearsal} watches a run of it
 * without any fault, and knows the {@link dev.chaostest.postgres.teeth.SabotagePlace}s at which a {@link
 * dev.chaostest.postgres.wire.Sabotage} makes a difference to the data.
 */
@NullMarked
package dev.chaostest.postgres.teeth;

import org.jspecify.annotations.NullMarked;
