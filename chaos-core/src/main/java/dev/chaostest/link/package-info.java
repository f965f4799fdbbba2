// SPDX-License-Identifier: Apache-2.0
/**
 * The way between a client and a server, and what can go wrong on it.
 *
 * <p>{@link dev.chaostest.link.TcpLink} is a port in front of any server; faults on it are in
 * {@link dev.chaostest.link.toxic}. Where the protocol is to be understood, a {@link dev.chaostest.link.Filter} is a state
 * machine without I/O, threads or waiting; {@link dev.chaostest.link.FilteredSocket} is its mount inside the client's own
 * process.
 */
@NullMarked
package dev.chaostest.link;

import org.jspecify.annotations.NullMarked;
