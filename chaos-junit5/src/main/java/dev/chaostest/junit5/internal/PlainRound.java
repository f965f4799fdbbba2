// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ledger.Token;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** A round that draws its own decisions, or those of the token that was asked for. */
final class PlainRound extends Attempt {

    private final ChaosRounds rounds;
    private @Nullable Shrinking shrinking;
    private String line = "";

    PlainRound(String name, long round, Optional<Token> follows, ChaosRounds rounds) {
        super(name, round, follows);
        this.rounds = rounds;
    }

    @Override
    boolean isWithheld() {
        return shrinking != null;
    }

    @Override
    Throwable told(Throwable thrown, TestRound run) {
        if (shrinking != null) {
            shrinking.failure().addSuppressed(thrown);
            return withheld();
        }
        String whyNot = rounds.whyNotShrunk(thrown, this, run);
        if (whyNot == null) {
            shrinking = rounds.shrink(thrown, run);
            return withheld();
        }
        line = whyNot.isEmpty() ? "" : "\n  shrunk   : not tried, since " + whyNot;
        return run.failure(thrown);
    }

    private TestAbortedException withheld() {
        return new TestAbortedException(
                name() + " was red, and is run again with fewer faults; the last of these runs tells, see there.");
    }

    @Override
    void over(Optional<Throwable> seen, TestRound run) {
        if (seen.filter(thrown -> !(thrown instanceof TestAbortedException)).isPresent()) {
            rounds.keep(run, run.token());
        }
    }

    @Override
    String line() {
        return line;
    }
}
