// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

/** Calls that are made in the same way on every way; what it sees goes into the transcript. */
@FunctionalInterface
interface Scenario {

    void play(Stage stage) throws Exception;
}
