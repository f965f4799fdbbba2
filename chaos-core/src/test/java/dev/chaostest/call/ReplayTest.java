// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.UnfulfilledPlanError;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayTest {

    interface Gateway {
        long charge(String order);

        void refund(String order);
    }

    private static final class Declined extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Declined(String message) {
            super(message);
        }
    }

    private final SteppingTime time = new SteppingTime();
    private final StringBuilder written = new StringBuilder();

    /** A gateway that takes 20 ms, gives numbers from 7, and declines order b. */
    private Recording record() {
        written.setLength(0);
        VirtualTime time = new VirtualTime();
        Gateway real = new Gateway() {
            private long next = 7;

            @Override
            public long charge(String order) {
                time.advance(Duration.ofMillis(20));
                if (order.equals("b")) {
                    throw new Declined("no funds for b");
                }
                return next++;
            }

            @Override
            public void refund(String order) {}
        };
        try (RecordingWriter tape = RecordingWriter.to(written, time, 100)) {
            Gateway recorded = Recorder.around(Gateway.class, real, tape);
            recorded.charge("a");
            assertThatThrownBy(() -> recorded.charge("b")).isInstanceOf(Declined.class);
            recorded.refund("a");
            recorded.charge("c");
        }
        return Recording.parse("gateway.jsonl", written.toString());
    }

    private ChaosScope scope(Behavior replay) {
        return ChaosScope.open(
                "replay", Plan.of(new Seed(77), Rule.of(Calls.to(Gateway.class), Trigger.always(), replay)), time);
    }

    private static Gateway gateway(ChaosScope scope) {
        return scope.wrap(Gateway.class, new Gateway() {
            @Override
            public long charge(String order) {
                return -1;
            }

            @Override
            public void refund(String order) {}
        });
    }

    private Replay replay() {
        return Behaviors.replay(record(), (type, message) -> {
            assertThat(type).isEqualTo(Declined.class.getName());
            return new Declined(message + " again");
        });
    }

    @Test
    void callsTakeAsLongAndFailAndReturnAsRecorded() {
        try (ChaosScope scope = scope(replay().results((method, text) -> Long.parseLong(text)))) {
            Gateway gateway = gateway(scope);

            assertThat(gateway.charge("a")).isEqualTo(7);
            assertThatThrownBy(() -> gateway.charge("b"))
                    .isExactlyInstanceOf(Declined.class)
                    .hasMessage("no funds for b again");
            gateway.refund("a");
            assertThat(gateway.charge("c")).isEqualTo(8);

            assertThat(time.nanos()).as("three times 20 ms").isEqualTo(60_000_000);
            assertThat(scope.fired())
                    .extracting(fired -> fired.fault().toString())
                    .containsExactly(
                            "delay of 20ms before the effect",
                            "result changed to 7",
                            "delay of 20ms before the effect",
                            "failure " + Declined.class.getName() + ": no funds for b before the effect",
                            "result changed to null",
                            "delay of 20ms before the effect",
                            "result changed to 8");
            scope.verify();
        }
    }

    @Test
    void resultsAreTheObjectsOwnWhereNobodyReadsThem() {
        try (ChaosScope scope = scope(replay())) {
            Gateway gateway = gateway(scope);
            assertThat(gateway.charge("a")).isEqualTo(-1);
            assertThatThrownBy(() -> gateway.charge("b")).isInstanceOf(Declined.class);
            scope.verify();
        }
    }

    @Test
    void anotherCallThanRecordedIsToldWithoutValuesWhereTheyMustNotBeShown() {
        try (ChaosScope scope = scope(replay())) {
            Gateway gateway = scope.wrap(
                    Gateway.class, gateway(scope), Wrapping.named("gateway").withoutValues());

            assertThatThrownBy(() -> gateway.charge("secret"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("the next call must be Gateway.charge(...), as line 2 of gateway.jsonl has it, but was "
                            + "Gateway.charge(...). Record it again, or match by method only.");
            assertThat(scope.ledger().entries().toString()).doesNotContain("secret");
        }
    }

    @Test
    void anotherCallThanRecordedFailsAndSoDoAllAfterIt() {
        String mismatch = "the next call must be Gateway.charge(\"b\"), as line 3 of gateway.jsonl has it, but was "
                + "Gateway.charge(\"x\"). Record it again, or match by method only.";
        try (ChaosScope scope = scope(replay())) {
            Gateway gateway = gateway(scope);
            gateway.charge("a");
            assertThatThrownBy(() -> gateway.charge("x"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(mismatch);
            assertThatThrownBy(() -> gateway.charge("b"))
                    .as("code that retries must not get past it")
                    .hasMessage(mismatch);
            assertThat(scope.fired().get(1).fault()).hasToString("failure not as recorded before the effect");
        }
    }

    @Test
    void anotherMethodThanRecordedFails() {
        try (ChaosScope scope = scope(replay())) {
            assertThatThrownBy(() -> gateway(scope).refund("a"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "the next call must be Gateway.charge(\"a\"), as line 2 of gateway.jsonl has it, but was "
                                    + "Gateway.refund(\"a\"). Record it again, or match by method only.");
        }
    }

    @Test
    void moreCallsThanRecordedFail() {
        try (ChaosScope scope = scope(replay())) {
            Gateway gateway = gateway(scope);
            gateway.charge("a");
            assertThatThrownBy(() -> gateway.charge("b")).isInstanceOf(Declined.class);
            gateway.refund("a");
            gateway.charge("c");
            assertThatThrownBy(() -> gateway.refund("a"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("no call must come after those that gateway.jsonl has, but Gateway.refund(\"a\") did. "
                            + "Record it again, or take the fault out earlier.");
        }
    }

    @Test
    void byMethodOnlyOrderAndArgumentsDoNotMatter() {
        try (ChaosScope scope = scope(replay().byMethodOnly())) {
            Gateway gateway = gateway(scope);
            gateway.refund("z");
            gateway.charge("y");
            assertThatThrownBy(() -> gateway.charge("x")).isInstanceOf(Declined.class);
            assertThat(gateway.charge("w")).isEqualTo(-1);
            assertThatThrownBy(() -> gateway.refund("z"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("a call of Gateway.refund must be one that gateway.jsonl has, but all of them were "
                            + "replayed. Record it again.");
        }
    }

    @Test
    void itIsMissedIfNothingOfItStruck() {
        try (ChaosScope scope = scope(replay().byMethodOnly())) {
            gateway(scope).refund("a");
            assertThatThrownBy(scope::verify).isInstanceOf(UnfulfilledPlanError.class);
        }
        assertThat(Behaviors.replay(new Recording("empty", List.of()), (type, message) -> new Declined(""))
                        .canStrike())
                .isFalse();
    }

    @Test
    void eachKeyReplaysFromTheStart() {
        Planned planned = new Planned(Planned.rule(Behaviors.replay(record(), (type, message) -> new Declined("")))
                .perKey());
        assertThat(planned.call("charge", "eu")).isEqualTo("20ms");
        assertThat(planned.call("charge", "us")).isEqualTo("20ms");
        assertThat(planned.call("charge", "eu")).startsWith("20ms+").endsWith("no funds for b");
    }

    @Test
    void itsTextChangesWithWhatWasRecorded() {
        Fault replay = replay();
        assertThat(replay.toString()).matches("replay of gateway.jsonl \\(4 calls, checksum [0-9a-f]+\\)");
        String other = written.toString().replace("no funds", "no money");
        assertThat(Behaviors.replay(Recording.parse("gateway.jsonl", other), (type, message) -> new Declined(""))
                        .toString())
                .isNotEqualTo(replay.toString());
        assertThat(replay().byMethodOnly().results((method, text) -> text).toString())
                .endsWith(") with its results, by method only");
    }
}
