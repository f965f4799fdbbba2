// SPDX-License-Identifier: Apache-2.0
/** Users' stories against a real PostgreSQL. */
@NullMarked
package dev.chaostest.postgres.functional;

import org.jspecify.annotations.NullMarked;
