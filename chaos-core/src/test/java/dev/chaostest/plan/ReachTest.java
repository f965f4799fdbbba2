// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReachTest {

    @Test
    void growsFromOneLaneToTheWholeServer() {
        assertThat(Reach.values())
                .containsExactly(Reach.LANE, Reach.SESSION, Reach.SCHEMA, Reach.DATABASE, Reach.SERVER);
    }

    @Test
    void isBeyondWhatIsSmallerOnly() {
        assertThat(Reach.DATABASE.isBeyond(Reach.SCHEMA)).isTrue();
        assertThat(Reach.SCHEMA.isBeyond(Reach.SCHEMA)).isFalse();
        assertThat(Reach.LANE.isBeyond(Reach.SESSION)).isFalse();
    }
}
