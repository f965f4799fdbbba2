// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.Lengths;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.junit5.internal.Triggers;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.postgres.pool.NoConnection;
import dev.chaostest.postgres.sqlstate.SqlState;
import dev.chaostest.postgres.wire.ServerError;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the faults that are written on a test and its classes; refuses what contradicts itself. */
final class Faults {

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
        Tests.annotations(classes, method, ChaosHang.class).forEach(faults::add);
        Tests.annotations(classes, method, ChaosFailure.class).forEach(faults::add);
        Tests.annotations(classes, method, ChaosCut.class).forEach(faults::add);
        Tests.annotations(classes, method, ChaosCommit.class).forEach(faults::add);
        return faults.rules;
    }

    private void add(ChaosDelay delay) {
        String name = "@ChaosDelay on " + test;
        Triggers triggers =
                new Triggers(delay.nth(), delay.times(), delay.every(), delay.probability(), delay.during(), 0);
        Where where = new Where(name, delay.on(), delay.matching(), delay.operation(), delay.message());
        add(name, where.target(), triggers, () -> delay(delay), delay.perLane(), delay.mayMiss());
    }

    private void add(ChaosHang hang) {
        String name = "@ChaosHang on " + test;
        Triggers triggers = new Triggers(hang.nth(), hang.times(), hang.every(), hang.probability(), hang.during(), 1);
        Where where = new Where(name, hang.on(), hang.matching(), hang.operation(), hang.message());
        add(name, where.target(), triggers, () -> new Hang(hang.strikes()), hang.perLane(), hang.mayMiss());
    }

    private void add(ChaosFailure failure) {
        String name = "@ChaosFailure on " + test;
        Triggers triggers = new Triggers(
                failure.nth(), failure.times(), failure.every(), failure.probability(), failure.during(), 1);
        Where where = new Where(name, failure.on(), failure.matching(), failure.operation());
        add(name, where.failing(), triggers, () -> failure(failure), failure.perLane(), failure.mayMiss());
    }

    /** A lock time-out is real here: the round holds a lock for it. */
    private static ServerError failure(SqlState state, @Nullable String message) {
        ServerError lockTimeout = ServerError.lockTimeout();
        return message == null && state.equals(lockTimeout.state()) ? lockTimeout : new ServerError(state, message);
    }

    private void add(ChaosCut cut) {
        String name = "@ChaosCut on " + test;
        Triggers triggers = new Triggers(cut.nth(), cut.times(), cut.every(), cut.probability(), cut.during(), 1);
        Where where = new Where(name, cut.on(), cut.matching(), cut.operation(), cut.message());
        add(name, where.connected(), triggers, () -> new Cut(cut.strikes(), cut.reset()), cut.perLane(), cut.mayMiss());
    }

    private void add(ChaosCommit commit) {
        String name = "@ChaosCommit on " + test;
        Triggers triggers =
                new Triggers(commit.nth(), commit.times(), commit.every(), commit.probability(), commit.during(), 1);
        boolean isNamed = !commit.on().isEmpty() || !commit.matching().isEmpty();
        Where where = new Where(name, isNamed ? commit.on() : "COMMIT", commit.matching(), Operation.ANY);
        add(name, where.target(), triggers, () -> CommitFaults.of(commit), commit.perLane(), commit.mayMiss());
    }

    private void add(
            String name,
            Target target,
            Triggers triggers,
            Supplier<? extends Fault> fault,
            boolean perLane,
            boolean mayMiss) {
        rules.add(triggers.rule(name, target, fault, rule -> {
            Rule counted = perLane ? rule.perLane() : rule;
            return mayMiss ? counted.mayMiss() : counted;
        }));
    }

    private static Fault failure(ChaosFailure failure) {
        if (failure.operation() == Operation.ACQUIRE) {
            return noConnection(failure);
        }
        if (failure.sqlState().isEmpty()) {
            throw new ChaosException(
                    "sqlState must say what the statement fails with, but is missing. Use for example \"40001\" "
                            + "(serialization failure); only operation ACQUIRE has none.");
        }
        return failure(new SqlState(failure.sqlState()), failure.message().isEmpty() ? null : failure.message());
    }

    private static Fault noConnection(ChaosFailure failure) {
        if (!failure.message().isEmpty()) {
            throw new ChaosException(
                    "message must not be set with operation ACQUIRE, where it is the pool's. Remove it.");
        }
        return failure.sqlState().isEmpty() ? NoConnection.timedOut() : NoConnection.refused(failure.sqlState());
    }

    private static Delay delay(ChaosDelay delay) {
        Lengths lengths = new Lengths(delay.value(), delay.deviation(), delay.p99(), delay.min(), delay.max());
        return new Delay(lengths.length(), delay.strikes());
    }
}
