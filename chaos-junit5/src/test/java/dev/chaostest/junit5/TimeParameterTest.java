// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.time.TimeSource;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TimeParameterTest {

    @Test
    void aTestThatAsksForVirtualTimeRunsInIt() {
        assertThat(Inner.run(VirtualTestCases.class).succeeded()).isEqualTo(2);
    }

    @Tag(ChaosTags.TRANSACTION)
    static class VirtualTestCases {
        @ChaosTest
        void movesOn(VirtualTime time, ChaosScope scope) {
            assertThat(scope.time()).isSameAs(time);
            CompletableFuture<Void> minute = scope.time().timer(Duration.ofMinutes(1));

            time.advance(Duration.ofMinutes(1));

            assertThat(minute).isCompleted();
        }

        @ChaosTest
        void hasATimeOfItsOwn(VirtualTime time) {
            assertThat(time.nanos()).isZero();
        }
    }

    @Test
    void anyOtherGoesByTheSystems() {
        assertThat(Inner.run(SystemTestCases.class).succeeded()).isEqualTo(1);
    }

    @Tag(ChaosTags.TRANSACTION)
    static class SystemTestCases {
        @ChaosTest
        void runs(ChaosScope scope) {
            assertThat(scope.time()).isSameAs(TimeSource.system());
        }
    }

    @Test
    void beforeEachAloneCantAskForIt() {
        assertThat(Inner.run(BeforeEachTestCases.class).message())
                .contains(
                        "A VirtualTime must be a parameter of the test method, since it decides what the round goes by, "
                                + "but TimeParameterTest$BeforeEachTestCases.runs has none. Add it there, too.");
    }

    @Tag(ChaosTags.TRANSACTION)
    static class BeforeEachTestCases {
        @BeforeEach
        void before(VirtualTime time) {
            time.advance(Duration.ofSeconds(1));
        }

        @ChaosTest
        void runs() {}
    }
}
