// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Length;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of faults at messages, which have no effect of their own. */
class WireTargetTest {

    @ParameterizedTest
    @CsvSource({
        "Sync, BEFORE, before the message went on to the server",
        "CommandComplete, AFTER, after the message went on to the client",
        "CopyData, BEFORE, before the message went on"
    })
    void faultsSayWhichWayTheMessageGoes(String message, When when, String passing) {
        assertThat(fault(message, new Cut(when))).hasToString("connection lost " + passing);
        assertThat(fault(message, new Delay(Length.fixed(Duration.ofMillis(2)), when)))
                .hasToString("delay of 2ms " + passing);
        assertThat(fault(message, new Hang(when))).hasToString("hang " + passing);
    }

    @Test
    void faultsAtRowsAndRequestsOfTheirOwnSayItToo() {
        Cut cut = new Cut(When.BEFORE);
        assertThat(Rule.of(SqlTarget.on("SELECT account").rows(), Trigger.nth(3), cut))
                .hasToString(
                        "connection lost before the message went on to the client at rows of SELECT account, hit 3");
        assertThat(Rule.of(WireTarget.cancelRequest(), Trigger.nth(1), cut))
                .hasToString("connection lost before the message went on to the server at wire:CancelRequest, hit 1");
    }

    private static Fault fault(String message, Fault fault) {
        return Rule.of(WireTarget.message(message), Trigger.nth(1), fault).fault();
    }
}
