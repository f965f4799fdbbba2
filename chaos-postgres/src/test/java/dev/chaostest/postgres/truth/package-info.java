// SPDX-License-Identifier: Apache-2.0
/** Tests of what became of transactions. */
@NullMarked
package dev.chaostest.postgres.truth;

import org.jspecify.annotations.NullMarked;
