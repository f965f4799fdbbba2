// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.plan.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes members of a group down at random; nothing outside of the group is ever hit.
 *
 * <p>Whether one is killed and which is drawn from the scope's seed: the same seed kills the same members, whatever else
 * is scheduled. Alive is who says so and was not killed, or is back since. That members go down and come back is
 * asserted. See {@link Schedule#randomKill}.
 *
 * <pre>{@code
 * scope.run(Schedule.randomKill("providers", providers).every(Duration.ofSeconds(5)).probability(0.3)
 *         .down(Duration.ofSeconds(2)).keepAlive(1).times(20));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class RandomKill extends Schedule {

    private static final Terms DEFAULTS = new Terms(Duration.ofSeconds(5), 0.3, 1, null, 0);

    private final String name;
    private final List<Victim> group;
    private final Terms terms;

    /**
     * What was agreed.
     *
     * @param down null for until closed
     * @param times 0 for until closed
     */
    private record Terms(
            Duration every,
            double probability,
            int keepAlive,
            @Nullable Duration down,
            int times) {}

    private RandomKill(String name, List<Victim> group, Terms terms) {
        this.name = name;
        this.group = group;
        this.terms = terms;
    }

    static RandomKill of(String name, Collection<? extends Victim> group) {
        Checks.requireName("a group", name, "providers");
        if (group.size() < 2) {
            throw new IllegalArgumentException("group \"" + name + "\" must have at least 2 members, but has "
                    + group.size() + ". To take one thing down use Schedule.flap(...).");
        }
        Set<String> names = new HashSet<>();
        for (Victim victim : group) {
            if (!names.add(Checks.requireNamed(victim).name())) {
                throw new IllegalArgumentException(
                        "members of group \"" + name + "\" must have names of their own, but \"" + victim.name()
                                + "\" is there twice. Hand over each once.");
            }
        }
        return new RandomKill(name, List.copyOf(group), DEFAULTS);
    }

    /** As this, with so long between two draws, and before the first. */
    public RandomKill every(Duration span) {
        Checks.requireSpan("every", span);
        return with(new Terms(span, terms.probability, terms.keepAlive, terms.down, terms.times));
    }

    /** As this, with this probability, from 0 to 1, that a draw kills one. */
    public RandomKill probability(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                    "a probability must be between 0 and 1, but was " + probability + ". For one in three write 0.33.");
        }
        return with(new Terms(terms.every, probability, terms.keepAlive, terms.down, terms.times));
    }

    /** As this, and at least so many members stay alive; 0 allows to kill all. */
    public RandomKill keepAlive(int members) {
        if (members < 0 || members >= group.size()) {
            throw new IllegalArgumentException(
                    "keepAlive must be 0 to " + (group.size() - 1) + " of the " + group.size()
                            + " members of group \"" + name + "\", but was " + members
                            + ". With more, nobody could be killed.");
        }
        return with(new Terms(terms.every, terms.probability, members, terms.down, terms.times));
    }

    /** As this, but who was killed comes back after so long; else when the schedule is closed. */
    public RandomKill down(Duration span) {
        Checks.requireSpan("down", span);
        return with(new Terms(terms.every, terms.probability, terms.keepAlive, span, terms.times));
    }

    /** As this, but with so many draws, then it ends. */
    public RandomKill times(int draws) {
        Checks.requireTimes(draws);
        return with(new Terms(terms.every, terms.probability, terms.keepAlive, terms.down, draws));
    }

    private RandomKill with(Terms other) {
        return new RandomKill(name, group, other);
    }

    @Override
    void begin(Stage stage) {
        Part part = stage.part(toString());
        Killing killing = new Killing(stage, part, stage.outages(part));
        stage.start(() -> stage.in(terms.every, () -> killing.draw(1)));
    }

    /** One run; on its thread. */
    private final class Killing {
        private final Stage stage;
        private final Part part;
        private final Outages outages;
        private final Set<String> dead = new HashSet<>();

        Killing(Stage stage, Part part, Outages outages) {
            this.stage = stage;
            this.part = part;
            this.outages = outages;
        }

        void draw(int n) throws Exception {
            if (terms.times == 0 || n < terms.times) { // before what may fail or go on later
                stage.in(terms.every, () -> draw(n + 1));
            }
            if (part.draw(new Site("schedule", "kill"), n) >= terms.probability) {
                part.reached();
                return;
            }
            List<Victim> alive = alive();
            if (alive.isEmpty() && dead.isEmpty()) {
                throw nobodyUp();
            }
            if (alive.size() <= terms.keepAlive) {
                part.step("nobody killed, " + alive.size() + " of " + group.size() + " alive");
                return;
            }
            int chosen = (int) (part.draw(new Site("schedule", "victim"), n) * alive.size());
            kill(alive.get(chosen), alive.size() - 1);
        }

        private List<Victim> alive() {
            List<Victim> alive = new ArrayList<>();
            for (Victim victim : group) {
                if (!dead.contains(victim.name()) && Probe.of(victim).isUp()) {
                    alive.add(victim);
                }
            }
            return alive;
        }

        private ScheduleError nobodyUp() {
            return new ScheduleError(
                    "Schedule \"" + part.name() + "\" must find members that are up, but of " + group.size()
                            + " there was none, and it had killed none. Start them before the schedule, and check that "
                            + "their isUp asks the thing itself.",
                    Probe.of(group.get(0)).problem());
        }

        private void kill(Victim victim, int left) throws Exception {
            dead.add(victim.name());
            outages.takeDown(
                    victim, "killed " + victim.name() + ", " + left + " of " + group.size() + " alive", outage -> {
                        if (terms.down != null) {
                            stage.in(
                                    terms.down,
                                    () -> outages.bringBack(
                                            outage, victim.name() + " is back", () -> dead.remove(victim.name())));
                        }
                    });
        }
    }

    @Override
    boolean isEndless() {
        return terms.times == 0;
    }

    /** What its steps begin with: {@code randomKill providers}. */
    @Override
    public String toString() {
        return "randomKill " + name;
    }
}
