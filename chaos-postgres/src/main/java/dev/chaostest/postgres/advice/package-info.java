// SPDX-License-Identifier: Apache-2.0
/**
 * What the settings of a DataSource mean when something fails: {@link dev.chaostest.postgres.advice.Advice} looks at the
 * driver's, HikariCP's and the session's, and gives a {@link dev.chaostest.postgres.advice.Recommendation} for each that would
 * hurt.
 */
@NullMarked
package dev.chaostest.postgres.advice;

import org.jspecify.annotations.NullMarked;
