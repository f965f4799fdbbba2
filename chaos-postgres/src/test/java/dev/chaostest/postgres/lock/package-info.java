// SPDX-License-Identifier: Apache-2.0
/** Locks, deadlocks and lock orders against a real PostgreSQL. */
@NullMarked
package dev.chaostest.postgres.lock;

import org.jspecify.annotations.NullMarked;
