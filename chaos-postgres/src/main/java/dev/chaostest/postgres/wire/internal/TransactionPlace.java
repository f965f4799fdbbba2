// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.plan.Detail;
import org.jspecify.annotations.Nullable;

/** Where in its transaction a statement stands. */
public enum TransactionPlace implements Detail {
    /** Nothing of the application's ran in this transaction before. */
    FIRST,
    /** The transaction is this one statement, since nobody began another. */
    ALONE,
    /** Another statement came before, or it is none of the application's work. */
    ELSEWHERE;

    @Override
    public @Nullable String key() {
        return null;
    }
}
