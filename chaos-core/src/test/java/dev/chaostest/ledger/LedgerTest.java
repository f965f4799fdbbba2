// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Decision;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.work.Workers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Hit HIT = new Hit(COMMIT, new Lane("app-1"), 1);
    private static final Rule RULE = Rule.of(Target.of(COMMIT), Trigger.nth(1), new Cut(When.AFTER));

    private final AtomicLong clock = new AtomicLong(5_000);
    private final Ledger ledger = new Ledger(clock::get);

    @Test
    void keepsTheOrderInWhichItWasWritten() {
        ledger.planned(RULE);
        clock.addAndGet(1_000_000);
        LedgerEntry.Fired fired =
                ledger.fired(HIT, new Decision.Due(RULE, RULE.fault(), 0), "COMMIT", "Bank.transfer:41");
        clock.addAndGet(500_000);
        ledger.answered(fired, "connection lost");
        ledger.overshadowed(HIT, RULE);
        ledger.noted("healed");

        assertThat(ledger.entries())
                .extracting(LedgerEntry::toString)
                .containsExactly(
                        "#1 +0us planned: connection lost after the effect (the reply was cut) at sql:COMMIT, hit 1",
                        "#2 +1ms fired: connection lost after the effect (the reply was cut) at sql:COMMIT, 1st on lane "
                                + "app-1, from Bank.transfer:41",
                        "#3 +1.5ms came back: connection lost for #2",
                        "#4 +1.5ms overshadowed: connection lost after the effect (the reply was cut) at sql:COMMIT, "
                                + "hit 1 (at sql:COMMIT, 1st on lane app-1)",
                        "#5 +1.5ms noted: healed");
    }

    @Test
    void firedWithoutCallerSaysNothingOfOne() {
        assertThat(ledger.fired(HIT, new Decision.Due(RULE, RULE.fault(), 0), "COMMIT", null)
                        .toString())
                .endsWith("1st on lane app-1");
    }

    @Test
    void answerOtherThanPlannedIsMarked() {
        LedgerEntry.Answered answered =
                ledger.answered(ledger.fired(HIT, new Decision.Due(RULE, RULE.fault(), 0), "COMMIT", null), "40001");

        assertThat(answered.planned()).isFalse();
        assertThat(answered).hasToString("#2 +0us came back: 40001 for #1, which was not planned");
    }

    @Test
    void anyAnswerIsRightForAFaultThatSaysNothingOfIt() {
        Rule slow = Rule.of(Target.of(COMMIT), Trigger.nth(1), Delay.of(Duration.ofMillis(1)));

        assertThat(ledger.answered(
                                ledger.fired(HIT, new Decision.Due(slow, slow.fault(), 0), "COMMIT", null), "anything")
                        .planned())
                .isTrue();
    }

    @Test
    void whatWasCommandedSaysWhoMayFeelItAndWhenItWasOver() {
        LedgerEntry.Commanded frozen = ledger.commanded("freeze backend 4711", Reach.SESSION);
        clock.addAndGet(53_000_000);
        ledger.healed(frozen, "answers again");

        assertThat(ledger.entries())
                .extracting(LedgerEntry::toString)
                .containsExactly(
                        "#1 +0us commanded: freeze backend 4711 (reach: session)",
                        "#2 +53ms healed: answers again, 53ms after #1");
    }

    @Test
    void entriesCanBePickedByKind() {
        ledger.planned(RULE);
        ledger.noted("one");
        ledger.noted("two");

        assertThat(ledger.entries(LedgerEntry.Noted.class))
                .extracting(LedgerEntry.Noted::text)
                .containsExactly("one", "two");
    }

    @Test
    void entriesAreACopy() {
        List<LedgerEntry> before = ledger.entries();
        ledger.noted("later");

        assertThat(before).isEmpty();
    }

    @Test
    void isBoundedAndCountsWhatItDoesNotKeep() {
        IntStream.rangeClosed(1, 10_003).forEach(n -> ledger.noted("n" + n));

        assertThat(ledger.entries()).hasSize(10_000);
        assertThat(ledger.entries().get(9_999).sequence()).isEqualTo(10_000);
        assertThat(ledger.dropped()).isEqualTo(3);
    }

    @Test
    void watchSeesAlsoWhatIsNotKept() throws InterruptedException {
        IntStream.rangeClosed(1, 10_000).forEach(n -> ledger.noted("n" + n));
        try (Watch watch = ledger.watch(LedgerEntry.Noted.class::isInstance)) {
            ledger.noted("one too many");

            assertThat(watch.await(Duration.ZERO).sequence()).isEqualTo(10_001);
        }
    }

    @Test
    void manyThreadsWriteWithoutGaps() throws InterruptedException {
        Workers.of(8).run(worker -> IntStream.range(0, 500).forEach(n -> ledger.noted(worker.lane() + " " + n)));

        assertThat(ledger.entries())
                .extracting(LedgerEntry::sequence)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 4_000).boxed().toList());
        assertThat(ledger.dropped()).isZero();
    }

    @Test
    void timesNeverGoBackUnderManyThreads() throws InterruptedException {
        Ledger real = new Ledger(System::nanoTime);
        Workers.of(4).run(worker -> IntStream.range(0, 500).forEach(n -> real.noted("x")));

        assertThat(real.entries()).extracting(LedgerEntry::at).isSorted();
    }
}
