// SPDX-License-Identifier: Apache-2.0
/**
 * How a sweep keeps a database from round to round, and how it compares what a round left: nothing here is for users. Begin
 * with {@link dev.chaostest.postgres.sweep.internal.BaseImage}.
 */
@NullMarked
package dev.chaostest.postgres.sweep.internal;

import org.jspecify.annotations.NullMarked;
