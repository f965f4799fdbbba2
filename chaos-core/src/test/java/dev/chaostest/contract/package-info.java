// SPDX-License-Identifier: Apache-2.0
/** What every fault of a seam obeys. */
@NullMarked
package dev.chaostest.contract;

import org.jspecify.annotations.NullMarked;
