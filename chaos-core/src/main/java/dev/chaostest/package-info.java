// SPDX-License-Identifier: Apache-2.0
/**
 * The door: {@link dev.chaostest.ChaosScope} owns what one test round owns; {@link dev.chaostest.Injection} is a fault
 * that is active now; {@link dev.chaostest.Settings} are the {@code chaos.*} keys.
 *
 * <p>Nothing below this package imports it.
 */
@NullMarked
package dev.chaostest;

import org.jspecify.annotations.NullMarked;
