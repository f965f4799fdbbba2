// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SequenceReportTest {

    @Test
    void numbersInOrderHaveNothingWrong() {
        SequenceReport report = SequenceReport.of(List.of(-1L, 0L, 1L, 2L));
        assertThat(report).isEqualTo(new SequenceReport(4, List.of(), 0, List.of(), List.of()));
        report.assertGapless();
        report.assertInOrder();
        SequenceReport.of(List.of()).assertGapless();
    }

    @Test
    void gapsAreFoundWhateverTheOrder() {
        SequenceReport report = SequenceReport.of(List.of(9L, 1L, 2L, 5L));
        assertThat(report.gaps()).containsExactly(new SequenceReport.Gap(3, 4), new SequenceReport.Gap(6, 8));
        assertThat(report.missing()).isEqualTo(5);
        assertThatThrownBy(report::assertGapless)
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        "Numbers must follow each other without a gap and without a second one, but 5 are missing and 0 are "
                                + "there more than once. Give them in the transaction that uses them, under a lock.\n  missing : [3..4, "
                                + "6..8]\n  twice   : []");
    }

    @Test
    void gapThatIsLargerThanANumberCanSayIsFoundAllTheSame() {
        SequenceReport report = SequenceReport.of(List.of(Long.MIN_VALUE, Long.MAX_VALUE));
        assertThat(report.missing()).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(report::assertGapless).isInstanceOf(AssertionError.class);
    }

    @Test
    void duplicatesAndLateNumbersAreToldApart() {
        SequenceReport report = SequenceReport.of(List.of(1L, 3L, 2L, 2L, 3L, 3L));
        assertThat(report.duplicates()).containsExactly(2L, 3L);
        assertThat(report.late()).containsExactly(new SequenceReport.Late(2, 3));
        assertThat(report.missing()).isZero();
        assertThatThrownBy(report::assertGapless).hasMessageEndingWith("\n  missing : []\n  twice   : [2, 3]");
        assertThatThrownBy(report::assertInOrder)
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        "Numbers must come in order, but 1 came behind a greater one and 2 came again. Hand them on in the "
                                + "order of the commits.\n  late    : [2 behind 3]\n  again   : [2, 3]");
    }

    @Test
    void whatIsKeptIsBounded() {
        SequenceReport report = SequenceReport.of(
                LongStream.iterate(10_000, i -> i - 2).limit(3_000).boxed().toList());
        assertThat(report.gaps()).hasSize(SequenceReport.KEPT_MAX);
        assertThat(report.late()).hasSize(SequenceReport.KEPT_MAX);
        assertThat(report.missing()).isEqualTo(2_999);
    }
}
