// SPDX-License-Identifier: Apache-2.0
/**
 * JUnit tests that meet failures; for Jupiter 5.12 and later and 6.x.
 *
 * <p>Start with {@link dev.chaostest.junit5.ChaosTest}; the annotations that need a PostgreSQL are in
 * {@code dev.chaostest.junit5.postgres}.
 */
@NullMarked
package dev.chaostest.junit5;

import org.jspecify.annotations.NullMarked;
