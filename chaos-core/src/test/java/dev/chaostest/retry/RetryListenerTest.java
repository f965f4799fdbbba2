// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryListenerTest {

    private static final RetryPolicy POLICY =
            RetryPolicy.on(Flaky.REFUSED).withBackoff(Backoff.fixed(Duration.ofMillis(150)));

    private final Round round = new Round("payment", Plan.of(new Seed(77)), new LeapingTime());
    private final Retry retry = Retry.in(round, "charge", POLICY);

    private List<String> ledger() {
        return round.ledger().entries().stream().map(LedgerEntry::toString).toList();
    }

    @Test
    void everyAttemptIsInTheLedgerOfTheRound() throws Exception {
        retry.call(Flaky.refused(2));

        assertThat(ledger())
                .containsExactly(
                        "#1 +0us noted: retry \"charge\": attempt 1 failed (refused, java.net.ConnectException), next in "
                                + "150ms",
                        "#2 +150ms noted: retry \"charge\": attempt 2 failed (refused, java.net.ConnectException), next in "
                                + "150ms",
                        "#3 +300ms noted: retry \"charge\": attempt 3 succeeded");
    }

    @Test
    void theLedgerSaysWhatEndedACall() {
        assertThatThrownBy(() -> retry.call(Flaky.refused(9))).isInstanceOf(RetriesExhaustedException.class);
        assertThatThrownBy(() -> retry.call(new Flaky(new IllegalStateException("secret"))))
                .isInstanceOf(IllegalStateException.class);

        assertThat(ledger().subList(2, 4))
                .containsExactly(
                        "#3 +300ms noted: retry \"charge\": attempt 3 failed (refused, java.net.ConnectException), no "
                                + "attempt left",
                        "#4 +300ms noted: retry \"charge\": attempt 1 failed (java.lang.IllegalStateException), not retried");
    }

    @Test
    void aRoundsSeedIsTheRetrys() throws Exception {
        List<Duration> delays = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Round replayed = new Round("payment", Plan.of(new Seed(77)), new LeapingTime());
            Retry.in(replayed, "charge", RetryPolicy.on(Flaky.REFUSED))
                    .listen(event -> delays.add(event.delay()))
                    .call(Flaky.refused(1));
        }

        assertThat(delays.get(0)).isPositive().isEqualTo(delays.get(2));
    }

    @Test
    void aListenerIsToldTheFailureItself() throws Exception {
        List<RetryEvent> events = new ArrayList<>();
        ConnectException refused = new ConnectException("refused");

        retry.listen(events::add).call(new Flaky(refused));

        assertThat(events.get(0).failure()).containsSame(refused);
        assertThat(events.get(0).label()).contains("refused");
        assertThat(events.get(1).failure()).isEmpty();
        assertThat(events).extracting(RetryEvent::attempt).containsExactly(1, 2);
        assertThat(events).extracting(RetryEvent::next).containsExactly(RetryEvent.Next.RETRY, RetryEvent.Next.DONE);
    }

    @Test
    void aListenerThatThrowsEndsTheCall() {
        retry.listen(event -> {
            throw new IllegalStateException("disk full");
        });

        assertThatThrownBy(() -> retry.call(new Flaky())).hasMessage("disk full");
    }
}
