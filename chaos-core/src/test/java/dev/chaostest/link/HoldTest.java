// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HoldTest {

    private final List<Hold.End> ends = new ArrayList<>();

    @Test
    void endsOnceAndSaysHow() {
        Hold hold = new Hold(Duration.ofHours(1), ends::add);
        assertThat(hold.end()).isEmpty();
        assertThat(hold.cancel()).isTrue();
        assertThat(hold.cancel()).isFalse();
        hold.release();
        hold.abandon();
        assertThat(hold.end()).contains(Hold.End.CANCELLED);
        assertThat(ends).containsExactly(Hold.End.CANCELLED);
    }

    @Test
    void whatIsOverCanNotBeCancelled() {
        Hold hold = new Hold(Duration.ofNanos(5), ends::add);
        assertThat(hold.isOver(0)).isFalse();
        assertThat(hold.isOver(5)).isTrue();
        assertThat(hold.cancel()).isFalse();
        assertThat(hold.end()).contains(Hold.End.DUE);
    }

    @Test
    void withoutALengthItLastsUntilItIsReleased() {
        Hold hold = Hold.untilReleased(ends::add);
        assertThat(hold.isOver(Long.MIN_VALUE / 2)).isFalse();
        assertThat(hold.isOver(Long.MAX_VALUE / 2 - 1)).isFalse();
        hold.release();
        assertThat(hold.isOver(0)).isTrue();
        assertThat(ends).containsExactly(Hold.End.RELEASED);
    }
}
