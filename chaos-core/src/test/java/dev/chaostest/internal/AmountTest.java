// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountTest {

    @ParameterizedTest
    @CsvSource({"0, 0 rows, 0 entries", "1, 1 row, 1 entry", "2, 2 rows, 2 entries"})
    void onlyOneIsSingular(long n, String rows, String entries) {
        assertThat(Amount.of(n, "row")).isEqualTo(rows);
        assertThat(Amount.of(n, "entry", "entries")).isEqualTo(entries);
    }
}
