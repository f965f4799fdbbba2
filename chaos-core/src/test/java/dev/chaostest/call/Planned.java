// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.plan.Decision;
import dev.chaostest.plan.Decisions;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Tally;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One rule in a plan, and what it says about calls, in a word each. */
final class Planned {

    static final Supplier<RuntimeException> DOWN = () -> new IllegalStateException("down");
    static final String FAILURE = "failure java.lang.IllegalStateException: down before the effect";

    final VirtualTime time = new VirtualTime();
    private final Lane lane = new Lane("gateway-1");
    private final Decisions decisions;

    Planned(Fault fault) {
        this(rule(fault));
    }

    Planned(Rule rule) {
        this(77, rule);
    }

    Planned(long seed, Rule rule) {
        decisions = new Decisions(Plan.of(new Seed(seed), rule), time::nanos);
    }

    static Rule rule(Fault fault) {
        return Rule.of(Target.seam("call"), Trigger.always(), fault);
    }

    /** What strikes at a call about nothing. */
    String call() {
        return call("charge", null);
    }

    String call(@Nullable String key) {
        return call("charge", key);
    }

    String call(String method, @Nullable String key) {
        return faults(method, key).stream().map(Planned::word).collect(Collectors.joining("+"));
    }

    List<String> calls(int times) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            all.add(call());
        }
        return all;
    }

    List<Fault> faults(String method, @Nullable String key) {
        return faults(method, key, lane);
    }

    List<Fault> faults(String method, @Nullable String key, Lane on) {
        Decision decision = decisions.at(new Site("call", "Gateway." + method), on, () -> key);
        return decision == null
                ? List.of()
                : decision.due().stream().map(Decision.Due::fault).toList();
    }

    private static String word(Fault fault) {
        if (fault instanceof Failure failure) {
            return failure.text().equals("java.lang.IllegalStateException: down") ? "fail" : failure.text();
        }
        if (fault instanceof Delay delay) {
            return delay.length().toString();
        }
        return fault instanceof Hang ? "hang" : fault instanceof ChangedResult changed ? changed.text() : "?" + fault;
    }

    void advance(Duration by) {
        time.advance(by);
    }

    void advance(String by) {
        time.advance(Durations.parse("time", by));
    }

    Tally tally() {
        return decisions.tallies().get(0);
    }
}
