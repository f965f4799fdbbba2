// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import dev.chaostest.internal.Amount;

/**
 * The money in each table of a load, read in one snapshot. Each transaction adds the same to all four, so they are always equal.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param accounts of all accounts
 * @param tellers of all tellers
 * @param branches of all branches
 * @param history of all that was written down
 * @param transactions how many were written down
 * @since 0.1
 */
public record Sums(long accounts, long tellers, long branches, long history, long transactions) {

    /** Whether they are equal. */
    public boolean areEqual() {
        return accounts == tellers && tellers == branches && branches == history;
    }

    /**
     * Checks that no transaction was half done.
     *
     * @return this
     * @throws AssertionError if they differ
     */
    public Sums requireEqual() {
        if (!areEqual()) {
            throw new AssertionError("Accounts, tellers, branches and history must add up to the same, but are " + this
                    + ". Look for a transaction that was done in part, or a row that was changed past the load.");
        }
        return this;
    }

    @Override
    public String toString() {
        return "accounts " + accounts + ", tellers " + tellers + ", branches " + branches + ", history " + history
                + " (" + Amount.of(transactions, "transaction") + ")";
    }
}
