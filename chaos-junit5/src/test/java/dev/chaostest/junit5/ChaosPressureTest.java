// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ChaosPressureTest {

    private static List<String> notes(ChaosScope scope) {
        return scope.ledger().entries(LedgerEntry.Noted.class).stream()
                .map(LedgerEntry.Noted::text)
                .toList();
    }

    @Test
    void aTestRunsUnderPressure() {
        Inner inner = Inner.run(PressedTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(2);
    }

    @Tag(ChaosTags.RESOURCE)
    @ChaosPressure(heap = "2MB")
    static class PressedTestCases {
        @ChaosTest
        void ofItsClass(ChaosScope scope) {
            assertThat(notes(scope)).anyMatch(note -> note.startsWith("took ") && note.contains("2"));
        }

        @ChaosTest
        @ChaosPressure(cpu = 1, threads = 3)
        void ofItsOwn(ChaosScope scope) {
            assertThat(notes(scope))
                    .filteredOn(note -> note.startsWith("took "))
                    .hasSize(2);
        }

        @AfterEach
        void isGivenBack(ChaosScope scope) {
            assertThat(notes(scope)).anyMatch(note -> note.startsWith("gave back "));
        }
    }

    @Test
    void aDryRunTakesNothing() {
        Inner inner = Inner.run(DryTestCases.class, Map.of("chaos.dryRun", "true"));

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(1);
    }

    @Tag(ChaosTags.RESOURCE)
    static class DryTestCases {
        @ChaosTest
        @ChaosPressure(threads = 3)
        void runs(ChaosScope scope) {
            assertThat(notes(scope)).contains("dry run: would take 3 threads that do nothing");
        }
    }

    @Test
    void mistakesAreNamed() {
        assertThat(Inner.run(NothingTestCases.class).message())
                .contains(
                        "@ChaosPressure on ChaosPressureTest$NothingTestCases.isNeverRun must take something, but takes "
                                + "nothing. Set heap, cpu or threads, or remove it.");
        assertThat(Inner.run(SizeTestCases.class).message())
                .contains(
                        "@ChaosPressure on ChaosPressureTest$SizeTestCases.isNeverRun: heap must be a number and KB, MB or "
                                + "GB, but was \"64M\". Write for example \"64MB\".");
        assertThat(Inner.run(GreedyTestCases.class).message()).contains("900000 GB");
    }

    @Tag(ChaosTags.RESOURCE)
    static class NothingTestCases {
        @ChaosTest
        @ChaosPressure
        void isNeverRun() {}
    }

    @Tag(ChaosTags.RESOURCE)
    static class SizeTestCases {
        @ChaosTest
        @ChaosPressure(heap = "64M")
        void isNeverRun() {}
    }

    @Tag(ChaosTags.RESOURCE)
    static class GreedyTestCases {
        @ChaosTest
        @ChaosPressure(heap = "900000GB")
        void isNeverRun() {}
    }
}
