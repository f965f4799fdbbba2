// SPDX-License-Identifier: Apache-2.0
/**
 * What a PostgreSQL is doing: sessions, locks, who waits for whom, what it has counted; and what a test has left there.
 *
 * <p>Start with {@link dev.chaostest.postgres.monitor.ServerState}, one look; {@link
 * dev.chaostest.postgres.monitor.MonitorRecorder} looks again and again while a test runs, {@link
 * dev.chaostest.postgres.monitor.ResidueCheck} behind it. All of it works as an ordinary role, which sees less.
 */
@NullMarked
package dev.chaostest.postgres.monitor;

import org.jspecify.annotations.NullMarked;
