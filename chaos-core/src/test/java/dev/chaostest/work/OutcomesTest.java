// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Lane;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomesTest {

    private static final Classifier BROKEN = Classifier.of("broken", IOException.class);

    /** Workers 0 and 2 succeed, 1 and 3 break. */
    private static Outcomes<Integer> mixed() throws InterruptedException {
        return Workers.of(4).named("transfer").classify(BROKEN).call(worker -> {
            if (worker.index() % 2 == 1) {
                throw new IOException("worker " + worker.index());
            }
            return worker.index();
        });
    }

    @Test
    void eachWorkerHasOneInOrder() throws InterruptedException {
        assertThat(mixed().all())
                .extracting(outcome -> outcome.lane() + " " + outcome.label() + " " + outcome.isSuccess())
                .containsExactly(
                        "transfer-0 success true",
                        "transfer-1 broken false",
                        "transfer-2 success true",
                        "transfer-3 broken false");
    }

    @Test
    void labelsAreCounted() throws InterruptedException {
        Outcomes<Integer> outcomes = mixed();

        assertThat(outcomes.labels()).isEqualTo(Map.of("broken", 2L, "success", 2L));
        assertThat(outcomes.count("broken")).isEqualTo(2);
        assertThat(outcomes.count(Outcome.SUCCESS)).isEqualTo(2);
        assertThat(outcomes.count("unknown")).isZero();
    }

    @Test
    void valuesAndFailuresAreKept() throws InterruptedException {
        assertThat(mixed().values()).containsExactly(0, 2);
        assertThat(mixed().failures())
                .allMatch(IOException.class::isInstance)
                .extracting(Throwable::getMessage)
                .containsExactly("worker 1", "worker 3");
    }

    @Test
    void durationsAreMeasured() throws InterruptedException {
        assertThat(mixed().all()).extracting(Outcome::duration).allMatch(duration -> !duration.isNegative());
    }

    @Test
    void enoughIsEnough() throws InterruptedException {
        Outcomes<Integer> outcomes = mixed();

        assertThat(outcomes.requireAtLeast("broken", 1).requireAtLeast("success", 2))
                .isSameAs(outcomes);
    }

    @Test
    void tooFewFailsWithAllLabels() throws InterruptedException {
        Outcomes<Integer> outcomes = mixed();

        assertThatThrownBy(() -> outcomes.requireAtLeast("serialization", 1))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        At least 1 of the 4 workers "transfer" must end with "serialization", but 0 did. Make the workers \
                        meet more often, or correct the label.
                          ended : broken (2 workers)
                          ended : success (2 workers)""");
    }

    @Test
    void tooFewOfOneIsSaidToo() throws InterruptedException {
        Outcomes<Lane> one = Workers.of(1).run(worker -> {});

        assertThatThrownBy(() -> one.requireAtLeast("success", 2)).hasMessage("""
                        At least 2 of the 1 worker "worker" must end with "success", but 1 did. Make the workers meet more \
                        often, or correct the label.
                          ended : success (1 worker)""");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void askingForNothingIsRefused(long least) throws InterruptedException {
        Outcomes<Integer> outcomes = mixed();

        assertThatThrownBy(() -> outcomes.requireAtLeast("broken", least))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the least number must be 1 or more, but was " + least + ". Leave the check out.");
    }

    @Test
    void noOutcomesAreNoData() {
        assertThatThrownBy(() -> new Outcomes<>("transfer", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("outcomes of \"transfer\" must come from at least one worker, but there are none. "
                        + "Run at least one.");
    }

    @Test
    void outcomeWithAFailureIsNoSuccess() {
        Outcome<String> failed =
                new Outcome<>(new Lane("a"), "broken", Optional.empty(), Optional.of(new IOException()), Duration.ZERO);

        assertThat(failed.isSuccess()).isFalse();
    }

    @Nested
    class WhenClassifying {

        @Test
        void nothingIsExpectedByDefault() {
            assertThat(Classifier.none().label(new IOException())).isEmpty();
        }

        @Test
        void typeIncludesItsSubtypes() {
            assertThat(BROKEN.label(new FileNotFoundException())).contains("broken");
            assertThat(BROKEN.label(new UncheckedIOException(new IOException())))
                    .isEmpty();
        }

        @Test
        void firstClassifierThatKnowsTheFailureNamesIt() {
            Classifier both =
                    Classifier.of("missing", FileNotFoundException.class).or(BROKEN);

            assertThat(both.label(new FileNotFoundException())).contains("missing");
            assertThat(both.label(new IOException())).contains("broken");
            assertThat(both.label(new IllegalStateException())).isEmpty();
        }
    }
}
