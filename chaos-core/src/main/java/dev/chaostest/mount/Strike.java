// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Fault;
import java.util.List;
import java.util.Optional;

/**
 * What a seam must carry out at one hit: faults in order, of which at most one ends the call.
 *
 * @param blows the faults
 * @since 0.1
 */
public record Strike(List<Blow> blows) {

    public Strike {
        blows = List.copyOf(blows);
    }

    /** The faults of one kind, in order. */
    public <F extends Fault> List<Blow> all(Class<F> kind) {
        return blows.stream().filter(blow -> kind.isInstance(blow.fault())).toList();
    }

    /** The first fault of one kind. */
    public <F extends Fault> Optional<Blow> first(Class<F> kind) {
        return blows.stream().filter(blow -> kind.isInstance(blow.fault())).findFirst();
    }

    /**
     * One fault that struck.
     *
     * @param round whose it is
     * @param fired its entry in the ledger
     * @param draw a number in [0, 1) for what the fault leaves open
     */
    public record Blow(Round round, LedgerEntry.Fired fired, double draw) {

        /** What to carry out. */
        public Fault fault() {
            return fired.fault();
        }

        /** Reports what really came back. */
        public void answered(String answer) {
            round.answers().answered(fired, answer, null);
        }

        /** Reports what really came back, and how true it is. */
        public void answered(String answer, LedgerEntry.Cause cause) {
            round.answers().answered(fired, answer, cause);
        }

        /**
         * Reports that the fault can't be carried out at this hit, which makes the test red.
         *
         * @param why a sentence that says what to do
         */
        public void refused(String why) {
            round.answers().refused(fired, why);
        }

        /** Reports what is wrong whatever the test asserts; see {@link Round#found}. */
        public void found(String sentence) {
            round.found(sentence);
        }

        /**
         * Registers what frees this fault when its rule is taken out or the round ends; runs at once if the round has ended,
         * and once at most.
         *
         * @return what unregisters it
         */
        public Runnable park(Runnable release) {
            return round.park(fired.rule(), release);
        }
    }
}
