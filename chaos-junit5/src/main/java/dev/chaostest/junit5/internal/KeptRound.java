// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.NotReproducedError;
import dev.chaostest.junit5.evidence.internal.FailingTokens;
import dev.chaostest.ledger.Token;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/** A round of an earlier execution that was red, run first until it is green. */
final class KeptRound extends Attempt {

    private static final int SHOWN = 80;

    private final FailingTokens kept;
    private final String test;
    private final Token token;

    /** @param test the name under which it is kept */
    KeptRound(FailingTokens kept, String test, Token token) {
        super("replay of " + shown(token.toString()), token.round(), Optional.of(token));
        this.kept = kept;
        this.test = test;
        this.token = token;
    }

    private static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    @Override
    boolean isKept() {
        return true;
    }

    @Override
    void requireCurrent(TestRound run) {
        if (token.plan() != run.scope().plan().fingerprint()) {
            kept.remove(test, token);
            throw new TestAbortedException("The annotations of the test have changed since it was red with this token, "
                    + "which is forgotten.");
        }
    }

    /** One that takes another way now says nothing: its code has changed, and so has what could strike. */
    @Override
    Throwable told(Throwable thrown, TestRound run) {
        if (thrown instanceof NotReproducedError) {
            kept.remove(test, token);
            return new TestAbortedException(
                    "Is green, but took another way than when it was red, so its token is forgotten: "
                            + thrown.getMessage(),
                    thrown);
        }
        return run.failure(thrown);
    }

    @Override
    void over(Optional<Throwable> seen, TestRound run) {
        if (seen.isEmpty()) {
            kept.remove(test, token);
        }
    }
}
