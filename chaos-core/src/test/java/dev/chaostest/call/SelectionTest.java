// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static dev.chaostest.call.Planned.DOWN;
import static dev.chaostest.call.Planned.FAILURE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SelectionTest {

    private static final Behavior SECOND_FAILS = Behaviors.nth(2, Failure.of(DOWN));
    private static final Behavior SLOWER =
            Behaviors.degrading(Duration.ofMillis(1), Growth.linear(1), Duration.ofSeconds(1));

    @Test
    void eachKeyHasItsOwnBehaviorWithItsOwnState() {
        Planned planned = new Planned(Behaviors.byKey(Map.of("eu", SECOND_FAILS, "us", SECOND_FAILS), SLOWER));

        assertThat(List.of(planned.call("eu"), planned.call("us"), planned.call("us"), planned.call("eu")))
                .containsExactly("", "", "fail", "fail");
        assertThat(List.of(planned.call("asia"), planned.call("asia"), planned.call("africa"), planned.call(null)))
                .as("those that are not named share a behaviour, and no state")
                .containsExactly("1ms", "2ms", "1ms", "1ms");
    }

    @Test
    void eachMethodHasItsOwnBehaviorWithItsOwnCount() {
        Planned planned = new Planned(Behaviors.byMethod(Map.of("charge", SECOND_FAILS), SLOWER));

        assertThat(List.of(
                        planned.call("refund", null),
                        planned.call("charge", null),
                        planned.call("refund", null),
                        planned.call("charge", null),
                        planned.call("find", null)))
                .containsExactly("1ms", "", "2ms", "fail", "1ms");
    }

    @Test
    void aRuleForEachKeyDoesNotMissKeysThatAreHealthy() {
        Behavior onlyEurope = Behaviors.byKey(Map.of("eu", Behaviors.alwaysFail(DOWN)), Behaviors.healthy());
        Planned planned = new Planned(Planned.rule(onlyEurope).perKey());

        planned.call("us");
        planned.call("eu");
        assertThat(planned.tally().isMissed()).isFalse();
        assertThat(planned.tally().struck()).isEqualTo(1);
    }

    @Test
    void aRuleForEachKeyMissesAKeyThatShouldHaveBeenStruck() {
        Planned planned = new Planned(Planned.rule(Behaviors.byKey(Map.of("eu", SECOND_FAILS), Behaviors.healthy()))
                .perKey());

        planned.call("us");
        planned.call("eu");
        assertThat(planned.tally().isMissed()).isTrue();
        assertThat(planned.tally().lacking()).hasToString("[eu]");
    }

    @Test
    void itIsMissedIfOnlyHealthyKeysCame() {
        Planned planned = new Planned(Behaviors.byKey(Map.of("eu", SECOND_FAILS), Behaviors.healthy()));

        planned.call("us");
        assertThat(planned.tally().isMissed()).isTrue();
    }

    @Test
    void itSaysWhatItDoesInTheOrderOfNames() {
        Map<String, Behavior> unordered = new TreeMap<>(Comparator.reverseOrder());
        unordered.put("us", SECOND_FAILS);
        unordered.put("eu", Behaviors.hang());

        assertThat(Behaviors.byKey(unordered, Behaviors.healthy()))
                .hasToString("by key {eu=hang before the effect, us=" + FAILURE + ", hit 2}, otherwise healthy");
        assertThat(Behaviors.byMethod(Map.of("charge", Behaviors.hang()), Behaviors.healthy()))
                .hasToString("by method {charge=hang before the effect}, otherwise healthy");
        assertThat(Behaviors.when("amount over 1000", call -> true, Behaviors.hang())
                        .otherwise(Behaviors.healthy()))
                .hasToString("when amount over 1000 hang before the effect, otherwise healthy");
    }

    @Test
    void namesMustBeGiven() {
        assertThatThrownBy(() -> Behaviors.byKey(Map.of(), Behaviors.healthy()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "what happens by key must be said for one key at least, but the map is empty. Use the other "
                                + "behaviour alone.");
        assertThatThrownBy(() -> Behaviors.byMethod(Map.of(), Behaviors.healthy()))
                .hasMessage(
                        "what happens by method must be said for one method at least, but the map is empty. Use the "
                                + "other behaviour alone.");
    }
}
