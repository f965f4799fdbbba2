// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ledger.Token;
import java.util.Optional;

/** The run that tells what shrinking has come to: red in the end, since the round was. */
final class LastRound extends Attempt {

    private final Shrinking shrinking;
    private final ChaosRounds rounds;

    LastRound(String name, Token token, Shrinking shrinking, ChaosRounds rounds) {
        super(name, token.round(), Optional.of(token));
        this.shrinking = shrinking;
        this.rounds = rounds;
    }

    @Override
    Throwable told(Throwable thrown, TestRound run) {
        if (shrinking.isAlike(thrown, run)) {
            rounds.keep(run, run.token());
            return run.failure(thrown);
        }
        ChaosTestFailure first = rounds.firstFailure(shrinking, run);
        first.addSuppressed(thrown);
        return first;
    }

    @Override
    void over(Optional<Throwable> seen, TestRound run) {
        if (seen.isEmpty()) {
            throw rounds.firstFailure(shrinking, run);
        }
    }

    @Override
    String line() {
        return "\n  shrunk   : " + shrinking.result() + "\n  unshrunk : " + shrinking.unshrunk();
    }
}
