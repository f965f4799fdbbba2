// SPDX-License-Identifier: Apache-2.0
/**
 * The same calls with and without the wire seam: what the caller gets and what the server is sent must not differ.
 *
 * <p>A {@link dev.chaostest.postgres.functional.equivalence.Scenario} is played on plain pgjdbc and through the seam in
 * each state in which nothing strikes; {@link dev.chaostest.postgres.functional.equivalence.Both} compares the
 * transcripts.
 */
@NullMarked
package dev.chaostest.postgres.functional.equivalence;

import org.jspecify.annotations.NullMarked;
