// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.mount.Round;
import dev.chaostest.mount.Strike;
import dev.chaostest.plan.Decision;
import dev.chaostest.plan.Decisions;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One question to the plan at an arrival where nothing strikes; ten sites in turn, as a test has them, and seen before on
 * another connection, which has its own objects for them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class DecisionsAt {

    private static final int SITES = 10;

    /** No rule; one about another site. */
    @Param({"none", "elsewhere"})
    public String rule;

    private final Site[] sites = new Site[SITES];
    private final Lane lane = new Lane("connection-1");
    private Decisions decisions;
    private Round round;
    private int next;

    @Setup
    public void prepare() {
        for (int i = 0; i < SITES; i++) {
            sites[i] = site(i);
        }
        Rule elsewhere =
                Rule.of(Target.of(new Site("sql", "COMMIT")), Trigger.always(), Delay.of(Duration.ofSeconds(1)));
        Plan plan = rule.equals("none") ? Plan.of(new Seed(1)) : Plan.of(new Seed(1), elsewhere);
        decisions = new Decisions(plan, System::nanoTime);
        round = new Round("decisions", plan, TimeSource.system());
        for (int i = 0; i < SITES; i++) {
            Site seenBefore = site(i);
            decisions.at(seenBefore, lane);
            round.at(seenBefore, lane, seenBefore::name, Set.of());
        }
    }

    private static Site site(int number) {
        return new Site("sql", "SELECT balance FROM account_" + number + " WHERE id = $1");
    }

    private Site next() {
        next = next == SITES - 1 ? 0 : next + 1;
        return sites[next];
    }

    @Benchmark
    public Decision decisions() {
        return decisions.at(next(), lane);
    }

    @Benchmark
    public Strike round() {
        Site site = next();
        return round.at(site, lane, site::name, Set.of());
    }
}
