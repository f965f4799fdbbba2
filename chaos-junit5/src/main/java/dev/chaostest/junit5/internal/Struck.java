// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.explore.Catalogue;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Rule;
import dev.chaostest.work.WorkersError;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * What the fault of one round has done so far, and which exceptions come from it.
 *
 * @param scope where it struck
 * @param rules those of the variant
 * @param catalogues what knows its faults
 */
record Struck(ChaosScope scope, List<Rule> rules, List<Catalogue> catalogues) {

    private List<LedgerEntry.Fired> fired() {
        return scope.fired().stream()
                .filter(fired -> rules.contains(fired.rule()))
                .toList();
    }

    boolean isAny() {
        return !fired().isEmpty();
    }

    /** What came back, in order. */
    List<String> answers() {
        return scope.ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
    }

    /**
     * Whether a test may end with this. Of workers, each that did not end well must have ended so.
     *
     * @param accepted what else it may end with
     */
    boolean explains(Throwable thrown, Predicate<Throwable> accepted) {
        if (thrown instanceof WorkersError workers && workers.haveAllFailed()) {
            return Stream.concat(Stream.ofNullable(workers.getCause()), Stream.of(workers.getSuppressed()))
                    .allMatch(each -> explains(each, accepted));
        }
        if (thrown instanceof AssertionError || thrown instanceof TestAbortedException) {
            return false;
        }
        return accepted.test(thrown)
                || fired().stream().anyMatch(fired -> Causes.anyOf(thrown, each -> isInjected(each, fired)));
    }

    private boolean isInjected(Throwable thrown, LedgerEntry.Fired fired) {
        Optional<String> answer = scope.ledger().entries(LedgerEntry.Answered.class).stream()
                .filter(each -> each.fired() == fired.sequence())
                .map(LedgerEntry.Answered::answer)
                .findFirst();
        return catalogues.stream().anyMatch(each -> each.isInjected(thrown, fired, answer));
    }
}
