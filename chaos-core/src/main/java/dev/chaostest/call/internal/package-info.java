// SPDX-License-Identifier: Apache-2.0
/**
 * What the behaviours of {@link dev.chaostest.call.Behaviors} do from hit to hit: one record each, whose text is what it is.
 *
 * <p>Start with {@link dev.chaostest.call.internal.Each}; a behaviour within another is a
 * {@link dev.chaostest.call.internal.Part} of it.
 */
@NullMarked
package dev.chaostest.call.internal;

import org.jspecify.annotations.NullMarked;
