// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void textIsAlignedLeftAndNumbersRight() {
        assertThat(new Table(List.of(
                                List.of("hits", "site"), List.of("7", "sql:COMMIT"), List.of("12345", "sql:BEGIN")))
                        .lines())
                .containsExactly(" hits  site", "    7  sql:COMMIT", "12345  sql:BEGIN");
    }

    @Test
    void aLineEndsWithItsText() {
        assertThat(new Table(List.of(List.of("pid", "state"), List.of("1", ""))).lines())
                .containsExactly("pid  state", "  1");
    }
}
