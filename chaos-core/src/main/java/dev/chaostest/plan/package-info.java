// SPDX-License-Identifier: Apache-2.0
/**
 * What can go wrong, where and when: seed, site, lane, hit, trigger, fault, rule and plan.
 *
 * <p>Pure: nothing here does I/O, reads a clock of its own or starts a thread.
 */
@NullMarked
package dev.chaostest.plan;

import org.jspecify.annotations.NullMarked;
