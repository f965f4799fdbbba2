// SPDX-License-Identifier: Apache-2.0
/**
 * Faults at single messages of the protocol, beside those that strike anywhere ({@link dev.chaostest.plan.Cut}, {@link
 * dev.chaostest.plan.Delay}, {@link dev.chaostest.plan.Hang}): swallow one, drop the rest, slice, corrupt a byte, cancel on the
 * server.
 *
 * <p>Start with {@code WireTarget.message("DataRow")}, which says where, and {@link
 * dev.chaostest.postgres.wire.message.Swallow}; {@link dev.chaostest.postgres.wire.message.MessageType} has all names.
 */
@NullMarked
package dev.chaostest.postgres.wire.message;

import org.jspecify.annotations.NullMarked;
