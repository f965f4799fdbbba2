// SPDX-License-Identifier: Apache-2.0
/**
 * What was planned, what fired and what came back, in order; waiting for it; and the token that replays it.
 *
 * <p>Start with {@link dev.chaostest.ledger.Ledger}.
 */
@NullMarked
package dev.chaostest.ledger;

import org.jspecify.annotations.NullMarked;
