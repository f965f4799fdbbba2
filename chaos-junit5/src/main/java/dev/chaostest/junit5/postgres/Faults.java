// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.postgres.sqlstate.SqlState;
import dev.chaostest.postgres.wire.ServerError;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads the faults that are written on a test and its classes; refuses what contradicts itself. */
final class Faults {

    private static final Duration LONGEST_BY_DEFAULT = Duration.ofMillis(100);

    private final String test;
    private final List<Rule> rules = new ArrayList<>();

    private Faults(String test) {
        this.test = test;
    }

    /**
     * The rules of a test: delays first, so that a delay and an error at one statement both happen.
     *
     * @param classes the test's class, and those around it
     * @param method the test, or empty for what stands on the classes only
     * @throws ChaosException if an annotation makes no sense, naming it
     */
    static List<Rule> of(List<Class<?>> classes, Optional<Method> method) {
        String test = classes.get(0).getSimpleName()
                + method.map(m -> "." + m.getName()).orElse("");
        Faults faults = new Faults(test);
        Tests.annotations(classes, method, ChaosDelay.class).forEach(faults::add);
        Tests.annotations(classes, method, ChaosFailure.class).forEach(faults::add);
        Tests.annotations(classes, method, ChaosCut.class).forEach(faults::add);
        return faults.rules;
    }

    private void add(ChaosDelay delay) {
        String name = "@ChaosDelay on " + test;
        Triggers triggers =
                new Triggers(delay.nth(), delay.times(), delay.every(), delay.probability(), delay.during(), 0);
        Where where = new Where(name, delay.on(), delay.matching(), delay.operation());
        add(name, where.target(), triggers, () -> delay(delay), delay.perLane(), delay.mayMiss());
    }

    private void add(ChaosFailure failure) {
        String name = "@ChaosFailure on " + test;
        Triggers triggers = new Triggers(
                failure.nth(), failure.times(), failure.every(), failure.probability(), failure.during(), 1);
        Where where = new Where(name, failure.on(), failure.matching(), failure.operation());
        Supplier<Fault> fault = () -> new ServerError(
                new SqlState(failure.sqlState()), failure.message().isEmpty() ? null : failure.message());
        add(name, where.failing(), triggers, fault, failure.perLane(), failure.mayMiss());
    }

    private void add(ChaosCut cut) {
        String name = "@ChaosCut on " + test;
        Triggers triggers = new Triggers(cut.nth(), cut.times(), cut.every(), cut.probability(), cut.during(), 1);
        Where where = new Where(name, cut.on(), cut.matching(), cut.operation());
        add(name, where.target(), triggers, () -> new Cut(cut.strikes()), cut.perLane(), cut.mayMiss());
    }

    private void add(
            String name,
            Target target,
            Triggers triggers,
            Supplier<? extends Fault> fault,
            boolean perLane,
            boolean mayMiss) {
        try {
            Rule rule = Rule.of(target, triggers.trigger(), fault.get());
            Rule counted = perLane ? rule.perLane() : rule;
            rules.add(mayMiss ? counted.mayMiss() : counted);
        } catch (IllegalArgumentException | ChaosException badValue) {
            throw new ChaosException(name + ": " + badValue.getMessage(), badValue);
        }
    }

    private static Delay delay(ChaosDelay delay) {
        if (delay.value().isEmpty()) {
            Duration longest = delay.max().isEmpty() ? LONGEST_BY_DEFAULT : Durations.parse("max", delay.max());
            return new Delay(Durations.parse("min", delay.min()), longest, delay.strikes());
        }
        if (!delay.max().isEmpty() || !delay.min().equals("0ms")) {
            throw new ChaosException(
                    "the length must be given by value, or by min and max, but both are set. " + "Remove one of them.");
        }
        Duration length = Durations.parse("value", delay.value());
        return new Delay(length, length, delay.strikes());
    }
}
