// SPDX-License-Identifier: Apache-2.0
/**
 * How a schema is named, filled, dropped and described. Not API.
 */
@NullMarked
package dev.chaostest.postgres.isolation.internal;

import org.jspecify.annotations.NullMarked;
