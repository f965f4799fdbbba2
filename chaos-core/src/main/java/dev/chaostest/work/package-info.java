// SPDX-License-Identifier: Apache-2.0
/**
 * Workers with a common start, a resource each, a deadline, and outcomes by label.
 *
 * <p>A user names {@link dev.chaostest.work.Workers}, {@link dev.chaostest.work.Classifier} and
 * {@link dev.chaostest.work.Outcomes}.
 */
@NullMarked
package dev.chaostest.work;

import org.jspecify.annotations.NullMarked;
