// SPDX-License-Identifier: Apache-2.0
/** Lock orders against a real PostgreSQL. */
@NullMarked
package dev.chaostest.postgres.lock.order;

import org.jspecify.annotations.NullMarked;
