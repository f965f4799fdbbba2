// SPDX-License-Identifier: Apache-2.0
/**
 * Chaos over time: what goes down and comes back, ramps and waves of a fault, several at once under one handle.
 *
 * <p>A user names {@link dev.chaostest.schedule.Schedule}, {@link dev.chaostest.schedule.Victim} and
 * {@link dev.chaostest.schedule.RunningSchedule}. A schedule goes by the time and the seed of its scope, writes each step
 * into the ledger, touches what it was handed and nothing else, and closing it undoes all.
 */
@NullMarked
package dev.chaostest.schedule;

import org.jspecify.annotations.NullMarked;
