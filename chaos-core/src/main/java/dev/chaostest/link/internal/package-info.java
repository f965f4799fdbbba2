// SPDX-License-Identifier: Apache-2.0
/**
 * How a link carries bytes: a relay accepts clients, and each direction of a connection is a flow with a thread that reads.
 *
 * <p>While nothing is wrong, that thread also writes. Once a toxic is there, a second one does, and what is under way
 * between them is in a chain: a state machine without I/O. Start with {@link dev.chaostest.link.internal.Relay}.
 */
@NullMarked
package dev.chaostest.link.internal;

import org.jspecify.annotations.NullMarked;
