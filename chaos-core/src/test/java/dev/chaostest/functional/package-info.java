// SPDX-License-Identifier: Apache-2.0
/** What the core promises as a whole, seen from outside its packages. */
@NullMarked
package dev.chaostest.functional;

import org.jspecify.annotations.NullMarked;
