// SPDX-License-Identifier: Apache-2.0
/**
 * A duplex of bytes between a client and a server, with a filter that may understand the protocol.
 *
 * <p>A {@link dev.chaostest.link.Filter} is a state machine without I/O, threads or waiting; a mount carries the bytes
 * and does the waiting. {@link dev.chaostest.link.FilteredSocket} is the mount inside the client's own process.
 */
@NullMarked
package dev.chaostest.link;

import org.jspecify.annotations.NullMarked;
