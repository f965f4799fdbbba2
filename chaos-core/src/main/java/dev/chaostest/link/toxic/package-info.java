// SPDX-License-Identifier: Apache-2.0
/**
 * What can happen to the bytes of a connection: one small file for each.
 *
 * <p>A {@link dev.chaostest.link.toxic.Toxic} is planned as any fault, about a
 * {@link dev.chaostest.link.toxic.LinkTarget}: both directions of a link, or one. Start with
 * {@link dev.chaostest.link.toxic.Latency} and {@link dev.chaostest.link.toxic.Reset}. No toxic loses, reorders or
 * invents a byte unless it says so.
 *
 * <p>To write one, see {@link dev.chaostest.link.toxic.Stage}.
 */
@NullMarked
package dev.chaostest.link.toxic;

import org.jspecify.annotations.NullMarked;
