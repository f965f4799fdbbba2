// SPDX-License-Identifier: Apache-2.0
/**
 * How a link carries bytes: a relay accepts clients, and each direction of a connection is a flow with a thread that reads.
 *
 * <p>While nothing is wrong, that thread also writes. Once a toxic is there, a second one does, and what is under way
 * between them is in a chain: a state machine without I/O. Start with {@link dev.chaostest.link.internal.Relay}.
 *
 * <p>Locks, in the only order in which they are taken: first what keeps the order of bytes, the turn of a direction or the sending of
 * a socket, and only under these is there I/O; then that of a filter; then that of the relay; last, each alone, those of a
 * connection, a flow, an affliction, a rule. What is told to a filter from under the lock of the relay waits until that is free:
 * {@link dev.chaostest.link.internal.Guard#unlocked}. So a filter may act on its own link, but must not wait for another filter.
 */
@NullMarked
package dev.chaostest.link.internal;

import org.jspecify.annotations.NullMarked;
