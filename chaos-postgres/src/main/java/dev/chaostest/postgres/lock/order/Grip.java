// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.order;

import dev.chaostest.postgres.lock.RowLockMode;
import dev.chaostest.postgres.lock.TableLockMode;

/** A lock as it is held: what, and how strongly. */
sealed interface Grip {

    /** What is locked, in words that name it for good: {@code row (1) of bank.account}. */
    String thing();

    /** How strongly, in words. */
    String mode();

    /** Whether another session can't have that at the same time. */
    boolean conflictsWith(Grip other);

    /** A table or an advisory key. */
    record Whole(String thing, TableLockMode strength) implements Grip {
        @Override
        public String mode() {
            return strength.toString();
        }

        @Override
        public boolean conflictsWith(Grip other) {
            return other instanceof Whole whole && thing.equals(whole.thing) && strength.conflictsWith(whole.strength);
        }
    }

    /** A row. */
    record OfRow(String thing, RowLockMode strength) implements Grip {
        @Override
        public String mode() {
            return strength.toString();
        }

        @Override
        public boolean conflictsWith(Grip other) {
            return other instanceof OfRow row && thing.equals(row.thing) && strength.conflictsWith(row.strength);
        }
    }
}
