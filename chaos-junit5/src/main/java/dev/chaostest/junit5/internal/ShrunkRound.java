// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ledger.Token;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** A run with some of the faults of a red round: a try, which JUnit sees as skipped whatever comes of it. */
final class ShrunkRound extends Attempt {

    private @Nullable FailureKind red;

    ShrunkRound(String name, Token token) {
        super(name, token.round(), Optional.of(token));
    }

    /** Whether it was red in this way. */
    boolean isRed(FailureKind kind) {
        return kind.equals(red);
    }

    @Override
    boolean isWithheld() {
        return true;
    }

    @Override
    Throwable told(Throwable thrown, TestRound run) {
        red = red == null ? FailureKind.of(thrown, run.type()) : red;
        return new TestAbortedException("A try to find the guilty faults, and red: " + red);
    }

    @Override
    void over(Optional<Throwable> seen, TestRound run) {
        if (seen.isEmpty()) {
            throw new TestAbortedException("A try to find the guilty faults, and green.");
        }
    }
}
