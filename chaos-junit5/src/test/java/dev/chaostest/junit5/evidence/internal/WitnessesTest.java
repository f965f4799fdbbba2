// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a witness does, the evidence is taken. */
@Timeout(120)
class WitnessesTest {

    private final ChaosScope scope = ChaosScope.open("BankTest.red", Plan.of(new Seed(7)));
    private final Evidence evidence = new Evidence(() -> scope, Duration.ofMillis(200));

    @AfterEach
    void close() {
        scope.close();
    }

    private void call(String name, Answer answer) {
        evidence.call(new Witness() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Section> testify(Occasion occasion) throws Exception {
                return List.of(Section.of(name, answer.on(occasion)));
            }
        });
    }

    private interface Answer {
        String on(Occasion occasion) throws Exception;
    }

    private List<Section> take(Occasion occasion) {
        evidence.take(occasion, Thread.currentThread());
        return evidence.taken().said();
    }

    @Test
    void oneThatHangsIsLeftBehind() {
        call("the slow", occasion -> {
            new CountDownLatch(1).await();
            return "never";
        });
        call("the quick", occasion -> "well");

        assertThat(take(Occasion.FAILED))
                .containsExactly(
                        Section.of("the slow", "did not answer within 200ms"), Section.of("the quick", "well"));
    }

    @Test
    void oneThatThrowsIsALine() {
        call("the broken", occasion -> {
            throw new LinkageError("not there");
        });

        assertThat(take(Occasion.FAILED))
                .containsExactly(Section.of("the broken", "could not be asked: java.lang.LinkageError: not there"));
    }

    @Test
    void anInterruptDoesNotReachThemAndStays() {
        call("the calm", occasion -> "interrupted: " + Thread.currentThread().isInterrupted());

        Thread.currentThread().interrupt();

        assertThat(take(Occasion.FAILED)).containsExactly(Section.of("the calm", "interrupted: false"));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void onlyTheFirstFailureCountsButATimeOutAlways() {
        call("the witness", occasion -> occasion.toString());

        Evidence.Taken first = taken(Occasion.FAILED);
        assertThat(taken(Occasion.FAILED)).isSameAs(first);
        assertThat(taken(Occasion.TIMED_OUT).said()).containsExactly(Section.of("the witness", "TIMED_OUT"));
    }

    private Evidence.Taken taken(Occasion occasion) {
        take(occasion);
        return evidence.taken();
    }

    @Test
    void whatIsDiscardedIsGone() {
        take(Occasion.FAILED);
        evidence.discard();

        assertThat(evidence.taken()).isNull();
    }
}
