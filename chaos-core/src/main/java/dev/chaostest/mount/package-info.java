// SPDX-License-Identifier: Apache-2.0
/**
 * Where a seam is fixed to a thing that may outlive tests, and what it sees of the scope that is armed on it.
 *
 * <p>For those who write a seam: ask {@link dev.chaostest.mount.Mount#armed()} at each arrival, and carry out what
 * {@link dev.chaostest.mount.Round#at} says.
 */
@NullMarked
package dev.chaostest.mount;

import org.jspecify.annotations.NullMarked;
