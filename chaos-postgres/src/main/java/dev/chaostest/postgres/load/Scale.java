// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import dev.chaostest.plan.ChaosException;

/**
 * How big the tables of a load are. The number of branches is what makes clients wait for each other: each transaction updates
 * one of them.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param branches 1 to 1,000, each with 10 tellers
 * @param accountsPerBranch 1 to 100,000
 * @since 0.1
 */
public record Scale(int branches, int accountsPerBranch) {

    static final int TELLERS_PER_BRANCH = 10;
    private static final int BRANCHES_MAX = 1_000;
    private static final int ACCOUNTS = 100_000;
    private static final int FEW_ACCOUNTS = 1_000;

    /**
     * @throws ChaosException if a number is out of range
     */
    public Scale {
        requireInRange("branches", branches, BRANCHES_MAX);
        requireInRange("accounts of a branch", accountsPerBranch, ACCOUNTS);
    }

    private static void requireInRange(String what, int number, int most) {
        if (number < 1 || number > most) {
            throw new ChaosException("The number of " + what + " must be 1 to " + most + ", but was " + number
                    + ". Use Scale.small() if it does not matter.");
        }
    }

    /** As pgbench has it: 100,000 accounts for each branch. */
    public static Scale of(int branches) {
        return new Scale(branches, ACCOUNTS);
    }

    /** One branch with 1,000 accounts. */
    public static Scale small() {
        return new Scale(1, FEW_ACCOUNTS);
    }

    long accounts() {
        return (long) branches * accountsPerBranch;
    }

    int tellers() {
        return branches * TELLERS_PER_BRANCH;
    }
}
