// SPDX-License-Identifier: Apache-2.0
/**
 * Waiting for what the code under test does, and looking at it meanwhile; nobody sleeps.
 *
 * <p>Best is an event: {@link dev.chaostest.watch.Events} takes those of the code under test,
 * {@link dev.chaostest.watch.EventCollector} catches them, and those of the ledger. Where there is none, ask:
 * {@link dev.chaostest.watch.Eventually}. The rest of this package says things that many tests say:
 * {@link dev.chaostest.watch.StateProbe}, {@link dev.chaostest.watch.Readiness},
 * {@link dev.chaostest.watch.Recovery}, {@link dev.chaostest.watch.BreakerDrive};
 * {@link dev.chaostest.watch.PeriodicMonitor} writes down a timeline; {@link dev.chaostest.watch.StateGuard} puts global
 * state back.
 */
@NullMarked
package dev.chaostest.watch;

import org.jspecify.annotations.NullMarked;
