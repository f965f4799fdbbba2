// SPDX-License-Identifier: Apache-2.0
/**
 * The order in which code takes its locks, and where two paths take them in opposite orders.
 *
 * <p>Start with {@link dev.chaostest.postgres.lock.order.LockOrderRecorder}.
 */
@NullMarked
package dev.chaostest.postgres.lock.order;

import org.jspecify.annotations.NullMarked;
