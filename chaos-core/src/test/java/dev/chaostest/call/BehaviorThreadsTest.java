// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static dev.chaostest.call.Planned.DOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Length;
import dev.chaostest.work.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sixteen keys whose calls are ordered in themselves meet the same, however many threads there are. */
class BehaviorThreadsTest {

    private static final int KEYS = 16;
    private static final int CALLS = 25;
    private static final int RUNS = 10;

    static List<Behavior> behaviors() {
        Duration second = Duration.ofSeconds(1);
        Behavior half = Behaviors.intermittent(0.5, DOWN);
        return List.of(
                half,
                half.with(Behaviors.intermittent(0.5, DOWN)).with(Behaviors.jitter(second, second)),
                Behaviors.sequence(half, Behaviors.hang(), Behaviors.healthy()).cycle(),
                Behaviors.onAttempt(3).fail(DOWN).onAttempt(7).hang().then().does(half),
                Behaviors.everyNth(4, half),
                Behaviors.degrading(second, Growth.compound(0.1), Duration.ofSeconds(5)),
                Behaviors.rateLimit(7, 1, second, after -> DOWN.get()),
                Behaviors.windowLimit(7, second, after -> DOWN.get()),
                Behaviors.phases(DOWN)
                        .healthy(3)
                        .degraded(9, Length.fixed(second), 0.5)
                        .failed(2)
                        .recovering(8),
                Behaviors.byKey(Map.of("key-3", half, "key-5", Behaviors.hang()), half.thenAfter(5, Behaviors.hang())),
                Behaviors.byMethod(Map.of("refund", half), Behaviors.hang()));
    }

    @ParameterizedTest
    @MethodSource("behaviors")
    void decisionsForEachKeyAreTheSameUnderOneFourAndSixteenThreads(Behavior behavior) throws InterruptedException {
        List<List<String>> expected = decisions(behavior, 1);
        assertThat(expected.stream().flatMap(List::stream)).anyMatch(said -> !said.isEmpty());

        for (int run = 0; run < RUNS; run++) {
            assertThat(decisions(behavior, List.of(1, 4, 16).get(run % 3))).isEqualTo(expected);
        }
    }

    private static List<List<String>> decisions(Behavior behavior, int threads) throws InterruptedException {
        Planned planned = new Planned(Planned.rule(behavior).perKey());
        return Workers.of(KEYS)
                .atOnce(threads)
                .call(worker -> {
                    List<String> said = new ArrayList<>();
                    for (int i = 0; i < CALLS; i++) {
                        said.add(planned.faults(
                                        i % 2 == 0 ? "charge" : "refund", "key-" + worker.index(), new Lane("any"))
                                .toString());
                    }
                    return said;
                })
                .values();
    }
}
