// SPDX-License-Identifier: Apache-2.0
/** What counts as one arrival at the wire seam: every path from a Java program to the server, counted exactly. */
@NullMarked
package dev.chaostest.postgres.functional.hits;

import org.jspecify.annotations.NullMarked;
