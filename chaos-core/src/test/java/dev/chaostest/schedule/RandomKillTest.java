// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomKillTest {

    private static List<Thing> things() {
        return Stream.of("a", "b", "c", "d").map(Thing::new).toList();
    }

    private static RandomKill kill(List<Thing> group) {
        return Schedule.randomKill("providers", group)
                .every(Duration.ofSeconds(5))
                .down(Duration.ofSeconds(12));
    }

    private static List<String> ledgerOf(long seed, boolean withAnother) {
        Theatre theatre = new Theatre(seed);
        Schedule schedule = kill(things()).probability(0.6).times(20);
        RunningSchedule running = theatre.start(
                withAnother
                        ? Schedule.combine(
                                Schedule.randomKill("others", things()).times(5), schedule)
                        : schedule);
        theatre.play(running);
        running.close();
        return theatre.ledger().stream()
                .filter(line -> line.contains("providers"))
                .toList();
    }

    @Test
    void sameSeedKillsTheSame() {
        assertThat(ledgerOf(77, false)).isEqualTo(ledgerOf(77, false)).hasSizeGreaterThan(4);
        assertThat(ledgerOf(77, false)).isNotEqualTo(ledgerOf(78, false));
    }

    @Test
    void anotherScheduleDoesNotMoveTheDraws() {
        assertThat(ledgerOf(77, true)).isEqualTo(ledgerOf(77, false));
    }

    @Test
    void twoOfOneNameDoNotDrawAlike() {
        Theatre theatre = new Theatre();
        List<Thing> first = things();
        List<Thing> second = things();
        RunningSchedule running = theatre.start(Schedule.combine(
                kill(first).probability(0.5).times(20),
                kill(second).probability(0.5).times(20)));
        theatre.play(running);
        running.close();

        assertThat(first.stream().map(thing -> thing.seen.size()).toList())
                .isNotEqualTo(second.stream().map(thing -> thing.seen.size()).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void neverKillsMoreThanItMay(int keepAlive) {
        Theatre theatre = new Theatre();
        List<Thing> group = things();
        List<Long> alive = new ArrayList<>();
        RunningSchedule running = theatre.start(kill(group)
                .probability(1)
                .down(Duration.ofMinutes(5))
                .keepAlive(keepAlive)
                .times(8));
        while (theatre.isWaiting(running)) {
            alive.add(group.stream().filter(thing -> thing.up).count());
            theatre.time.advance(theatre.time.timers().get(0));
        }
        running.close();

        assertThat(alive).allMatch(up -> up >= keepAlive).contains((long) keepAlive);
        assertThat(group).allMatch(thing -> thing.up);
        assertThat(theatre.ledger())
                .contains("40.00 randomKill providers: nobody killed, " + keepAlive + " of 4 alive");
    }

    @Test
    void whoIsBackIsAliveAgain() {
        Theatre theatre = new Theatre();
        List<Thing> group = things().subList(0, 2);
        RunningSchedule running = theatre.start(Schedule.randomKill("pair", group)
                .probability(1)
                .down(Duration.ofSeconds(2))
                .times(6));
        theatre.play(running);
        running.close();

        assertThat(group.get(0).seen.size() + group.get(1).seen.size()).isEqualTo(12);
        assertThat(group).allMatch(thing -> !thing.seen.isEmpty());
        assertThat(theatre.ledger())
                .filteredOn(line -> line.contains("killed"))
                .hasSize(6)
                .allMatch(line -> line.endsWith(", 1 of 2 alive"));
        assertThat(theatre.ledger())
                .filteredOn(line -> line.endsWith("is back"))
                .hasSize(6);
    }

    @Test
    void whoIsDownForAnotherReasonIsNotAlive() {
        Theatre theatre = new Theatre();
        List<Thing> group = things().subList(0, 2);
        group.get(0).up = false;
        RunningSchedule running =
                theatre.start(Schedule.randomKill("pair", group).probability(1).times(3));
        theatre.play(running);
        running.close();

        assertThat(group.get(0).seen).isEmpty();
        assertThat(group.get(1).seen).isEmpty();
        assertThat(running.steps()).containsOnly("randomKill pair: nobody killed, 1 of 2 alive");
    }

    @Test
    void killedStayDownUntilClosedByDefault() {
        Theatre theatre = new Theatre();
        List<Thing> group = things();
        RunningSchedule running = theatre.start(
                Schedule.randomKill("providers", group).probability(1).times(3));
        theatre.play(running);
        assertThat(group).filteredOn(thing -> !thing.up).hasSize(3);

        running.close();
        assertThat(group).allMatch(thing -> thing.up);
    }

    @Test
    void onlyMembersAreHit() {
        Theatre theatre = new Theatre();
        List<Thing> all = things();
        RunningSchedule running =
                theatre.start(kill(all.subList(0, 2)).probability(1).times(50));
        theatre.play(running);
        running.close();

        assertThat(all.get(0).seen.size() + all.get(1).seen.size()).isPositive();
        assertThat(all.get(2).seen).isEmpty();
        assertThat(all.get(3).seen).isEmpty();
    }

    @Test
    void probabilityOfZeroKillsNobodyAndIsNotRed() {
        Theatre theatre = new Theatre();
        List<Thing> group = things();
        RunningSchedule running = theatre.start(kill(group).probability(0).times(50));
        theatre.play(running);
        running.close();

        assertThat(group).allMatch(thing -> thing.seen.isEmpty());
        assertThat(theatre.ledger()).isEmpty();
    }

    @Test
    void memberThatDoesNotComeBackIsRed() {
        Theatre theatre = new Theatre();
        List<Thing> group = things();
        group.forEach(thing -> thing.neverBack = true);
        RunningSchedule running = theatre.start(kill(group).probability(1).keepAlive(3));
        theatre.play(running);

        String victim = group.stream()
                .filter(thing -> !thing.seen.isEmpty())
                .findFirst()
                .orElseThrow()
                .name();
        assertThatThrownBy(running::close)
                .isInstanceOf(ScheduleError.class)
                .hasMessage(
                        "Schedule \"randomKill providers\" must bring " + victim + " back, but it was not up after 5s ("
                                + victim
                                + " is back). Look at why it does not start again; if it needs longer, give the victim a "
                                + "longer within.");
    }

    @Test
    void badNumbersAndGroupsAreRefused() {
        RandomKill kill = kill(things());
        refused(
                () -> kill.probability(1.5),
                "a probability must be between 0 and 1, but was 1.5. For one in three write " + "0.33.");
        refused(
                () -> kill.probability(Double.NaN),
                "a probability must be between 0 and 1, but was NaN. For one in three " + "write 0.33.");
        refused(
                () -> kill.keepAlive(4),
                "keepAlive must be 0 to 3 of the 4 members of group \"providers\", but was 4. "
                        + "With more, nobody could be killed.");
        refused(
                () -> kill.keepAlive(-1),
                "keepAlive must be 0 to 3 of the 4 members of group \"providers\", but was -1. "
                        + "With more, nobody could be killed.");
        refused(
                () -> kill.times(-3),
                "times must be at least 1, but was -3. To go on until the schedule is closed, leave " + "it out.");
        refused(
                () -> kill.every(Duration.ZERO),
                "every must be longer than zero and at most a day, but was 0us. Write for "
                        + "example Duration.ofSeconds(5).");
        refused(
                () -> kill.down(Duration.ZERO),
                "down must be longer than zero and at most a day, but was 0us. Write for "
                        + "example Duration.ofSeconds(5).");
        refused(
                () -> Schedule.randomKill("providers", List.of()),
                "group \"providers\" must have at least 2 members, but "
                        + "has 0. To take one thing down use Schedule.flap(...).");
        refused(
                () -> Schedule.randomKill("providers", List.of(new Thing("a"), new Thing("a"))),
                "members of group "
                        + "\"providers\" must have names of their own, but \"a\" is there twice. Hand over each once.");
        refused(
                () -> Schedule.randomKill("", things()),
                "a group must have a name, but it was blank. Use for example " + "\"providers\".");
    }

    private static void refused(Runnable act, String message) {
        assertThatThrownBy(act::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
