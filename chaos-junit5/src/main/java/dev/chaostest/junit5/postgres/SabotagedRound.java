// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.internal.MeantToFail;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.ledger.LedgerEntry.Answered;
import dev.chaostest.ledger.LedgerEntry.Fired;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.teeth.Contents;
import dev.chaostest.postgres.teeth.SabotagePlace;
import dev.chaostest.postgres.wire.Sabotage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A round that is sabotaged at one place: it is red if the test is green. */
final class SabotagedRound implements BeforeEachCallback, AfterTestExecutionCallback {

    private static final Logger LOG = LoggerFactory.getLogger(SabotagedRound.class);

    private final String test;
    private final SabotagePlace place;
    private final Optional<Contents> unsabotaged;
    private Optional<Contents> end = Optional.empty();

    /** @param unsabotaged what the test's tables hold at the end of a run without sabotage, if that is known */
    SabotagedRound(String test, SabotagePlace place, Optional<Contents> unsabotaged) {
        this.test = test;
        this.place = place;
        this.unsabotaged = unsabotaged;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        end = PostgresRound.of(context).contents();
    }

    /** A query that lacks a row leaves no trace; and a commit that comes anyway leaves none unless the transaction is made to fail. */
    private boolean isWithoutTrace() {
        boolean leavesTraces = place.sabotage() != Sabotage.HIDE_ROW
                && (place.sabotage() != Sabotage.COMMIT_IN_THE_MIDDLE || !place.kept());
        return leavesTraces && unsabotaged.isPresent() && unsabotaged.equals(end);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        TestRound round = TestRound.of(context);
        round.scope().inject(place.rule());
        round.meantToFail(new Judge(round));
    }

    /** Nothing of the test's own failure is shown: it was wanted. */
    private final class Judge implements MeantToFail {
        private final ChaosScope scope;
        private final Seed seed;
        private @Nullable Throwable first;

        Judge(TestRound round) {
            this.scope = round.scope();
            this.seed = round.seed();
        }

        @Override
        public void failed(Throwable thrown) {
            if (first == null) {
                first = thrown;
            }
        }

        @Override
        public void ended() {
            Optional<Fired> fired = scope.fired().stream()
                    .filter(each -> each.fault() == place.sabotage())
                    .findFirst();
            if (fired.isEmpty()) {
                throw new TestAbortedException("not tried: " + place + " was not reached again. " + other());
            }
            String answer = answer(fired.get());
            if (!answer.startsWith(Sabotage.DONE)) {
                throw new TestAbortedException("not tried: " + place + " could not be carried out (" + answer + ").");
            }
            if (first != null) {
                LOG.debug("{} has noticed {}", test, place, first);
                return;
            }
            if (answer.equals(Sabotage.WITHOUT_EFFECT)) {
                throw new TestAbortedException("not tried: " + place + " changed no row, so nobody could notice.");
            }
            if (isWithoutTrace()) {
                throw new TestAbortedException(
                        "not tried: " + place + " left the same data as without it, so nobody could notice.");
            }
            throw new AssertionFailedError(unnoticed(fired.get()));
        }

        private String other() {
            return first == null
                    ? "The test does something else each time."
                    : "The test failed before, with " + first.getClass().getSimpleName() + ".";
        }

        private String answer(Fired fired) {
            return scope.ledger().entries(Answered.class).stream()
                    .filter(answered -> answered.fired() == fired.sequence())
                    .map(Answered::answer)
                    .findFirst()
                    .orElse("no answer came");
        }

        private String unnoticed(Fired fired) {
            return test + " must fail when " + place.deed() + ", but it passed. " + place.advice()
                    + " Where it makes no difference, leave the statement out with on."
                    + "\n  sabotage : " + place.sabotage().name()
                    + "\n  site     : " + fired.hit()
                    + place.caller().map(frame -> ", from " + frame).orElse("")
                    + "\n  seed     : " + seed;
        }
    }
}
