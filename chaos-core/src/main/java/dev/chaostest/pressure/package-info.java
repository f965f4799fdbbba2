// SPDX-License-Identifier: Apache-2.0
/**
 * Makes heap, CPU, threads or disk scarce for a while, in the test's own JVM and in the test's own directory.
 *
 * <p>Start with {@link dev.chaostest.pressure.Pressure}.
 */
@NullMarked
package dev.chaostest.pressure;

import org.jspecify.annotations.NullMarked;
