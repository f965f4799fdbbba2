// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RepliesTest {

    private final Replies replies = new Replies();
    private final Call cut = cutAfterwards();
    private final Expected doomed = new Expected(Expected.Kind.EXECUTE, Expected.Shown.ALL, cut);

    private static Call cutAfterwards() {
        Site site = new Site("sql", "COMMIT");
        Rule rule = Rule.of(Target.of(site), Trigger.always(), new Cut(When.AFTER));
        Round round = new Round("replies", Plan.of(new Seed(1), rule), new VirtualTime());
        return new Call(
                site.name(),
                requireNonNull(round.at(site, new Lane("connection-1"), site::name, Set.of())),
                new Waits(Hopeless.ofDataSource()));
    }

    @Test
    void cutThatIsStillToComeIsNotForgottenWhenAMarkComesAndGoes() {
        Expected mark = Expected.mark(cut);
        assertThat(replies.mark(mark, 0)).isTrue();
        replies.add(doomed);
        replies.remove(mark);
        assertThat(replies.hasCut()).isTrue();
        replies.answered();
        assertThat(replies.hasCut()).isFalse();
    }

    @Test
    void markThatTheServerPassesOverTakesNobodyWithIt() {
        replies.mark(Expected.mark(cut), 0);
        replies.add(Expected.BIND);
        replies.add(doomed);
        assertThat(replies.of((byte) '2')).isEqualTo(Expected.BIND);
        replies.answered();
        assertThat(replies.hasCut()).isTrue();
    }

    @Test
    void whatTakesThePlaceOfAMarkIsExpectedInItsTurn() {
        Expected mark = Expected.mark(cut);
        replies.mark(mark, 0);
        replies.add(doomed);
        replies.replace(mark, List.of(Expected.PARSE, Expected.BIND));
        assertThat(replies.all()).containsExactly(Expected.PARSE, Expected.BIND, doomed);
        assertThat(replies.hasCut()).isTrue();
    }
}
