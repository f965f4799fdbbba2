// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

/** Says whether a round is red that is run to see it fail. */
public interface MeantToFail {

    /** The test, what runs behind it, or the check for residue has failed; told for each. It does not fail the round. */
    void failed(Throwable thrown);

    /** The round is over and closed: throws what the round is to fail or to be aborted with. */
    void ended();
}
