// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.Ledger;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.work.Workers;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Events that are entries of a ledger. */
class LedgerCollectorTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Ledger ledger = new Ledger(() -> 0);

    @Test
    void entriesOfAKindAreCaughtInOrder() {
        ledger.noted("before");
        try (var noted = EventCollector.of(ledger, LedgerEntry.Noted.class)) {
            ledger.noted("one");
            ledger.planned(Rule.of(
                    Target.of(new dev.chaostest.plan.Site("call", "it")), Trigger.nth(1), new Cut(When.BEFORE)));
            ledger.noted("two");

            assertThat(noted.await(2, LONG)).extracting(LedgerEntry.Noted::text).containsExactly("one", "two");
        }
        ledger.noted("after");
    }

    @Test
    void theMessageListsTheEntriesThatCameInstead() {
        try (var one = EventCollector.of(
                ledger, LedgerEntry.Noted.class, entry -> entry.text().equals("it"))) {
            ledger.noted("something else");

            assertThatThrownBy(() -> one.await(Duration.ZERO))
                    .isInstanceOf(WatchError.class)
                    .hasMessage("1 event Noted must come within 0us, but none did. Check what the code did instead."
                            + "\n  misses   : 1: #1 +0us noted: something else");
        }
    }

    @Test
    void closingDetachesIt() {
        var noted = EventCollector.of(ledger, LedgerEntry.Noted.class);
        noted.close();
        noted.close();
        ledger.noted("late");

        assertThat(noted.events()).isEmpty();
    }

    @Test
    void aPredicateThatThrowsDoesNotReachWhoWrites() {
        var strange = EventCollector.of(ledger, LedgerEntry.Noted.class, entry -> {
            throw new IllegalStateException("a bug");
        });
        ledger.noted("it");

        assertThat(ledger.entries()).hasSize(1);
        assertThatThrownBy(() -> strange.await(LONG))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The predicate of a collector must answer for every event Noted, but threw "
                        + "java.lang.IllegalStateException: a bug for #1 +0us noted: it. Correct the predicate.");
        strange.close();
    }

    @Test
    void manyThreadsWriteAndEachEntryIsCaughtOnce() throws InterruptedException {
        try (var noted = EventCollector.of(ledger, LedgerEntry.Noted.class)) {
            Workers.of(4).run(worker -> IntStream.range(0, 250).forEach(n -> ledger.noted(worker.lane() + " " + n)));

            assertThat(noted.await(1_000, LONG)).isEqualTo(ledger.entries());
        }
    }
}
