// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.call.Calls;
import dev.chaostest.call.Failure;
import dev.chaostest.junit5.ChaosCallDelay;
import dev.chaostest.junit5.ChaosCallFailure;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Rule;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Reads the faults of wrapped objects that are written on a test and its classes. */
final class CallFaults {

    private final String test;
    private final List<Rule> rules = new ArrayList<>();

    private CallFaults(String test) {
        this.test = test;
    }

    /**
     * The rules of a test: delays first, so that a delay and a failure at one call both happen.
     *
     * @throws ChaosException if an annotation makes no sense, naming it
     */
    static List<Rule> of(String test, List<Class<?>> classes, Optional<Method> method) {
        CallFaults faults = new CallFaults(test);
        Tests.annotations(classes, method, ChaosCallDelay.class).forEach(faults::add);
        Tests.annotations(classes, method, ChaosCallFailure.class).forEach(faults::add);
        return faults.rules;
    }

    private void add(ChaosCallDelay delay) {
        String name = "@ChaosCallDelay on " + test;
        Triggers triggers =
                new Triggers(delay.nth(), delay.times(), delay.every(), delay.probability(), delay.during(), 0);
        Lengths lengths = new Lengths(delay.value(), delay.deviation(), delay.p99(), delay.min(), delay.max());
        rules.add(triggers.rule(
                name,
                calls(name, delay.on(), delay.method(), delay.object()),
                () -> new Delay(lengths.length(), delay.strikes()),
                options(delay.perLane(), delay.mayMiss())));
    }

    private void add(ChaosCallFailure failure) {
        String name = "@ChaosCallFailure on " + test;
        Triggers triggers = new Triggers(
                failure.nth(), failure.times(), failure.every(), failure.probability(), failure.during(), 1);
        rules.add(triggers.rule(
                name,
                calls(name, failure.on(), failure.method(), failure.object()),
                () -> failure(failure),
                options(failure.perLane(), failure.mayMiss())));
    }

    private static Calls calls(String name, Class<?> type, String method, String object) {
        try {
            Calls calls = method.isEmpty() ? Calls.to(type) : Calls.to(type, method);
            return object.isEmpty() ? calls : calls.on(object);
        } catch (ChaosException e) {
            throw new ChaosException(name + ": " + e.getMessage(), e);
        }
    }

    private static UnaryOperator<Rule> options(boolean perLane, boolean mayMiss) {
        return rule -> {
            Rule counted = perLane ? rule.perLane() : rule;
            return mayMiss ? counted.mayMiss() : counted;
        };
    }

    private static Failure failure(ChaosCallFailure failure) {
        Supplier<? extends Throwable> thrown = maker(failure.exception(), failure.message());
        return new Failure(String.valueOf(thrown.get()), thrown, failure.strikes());
    }

    private static Supplier<Throwable> maker(Class<? extends Throwable> type, String message) {
        Optional<Constructor<?>> withMessage = constructor(type, String.class);
        Optional<Constructor<?>> without = constructor(type);
        if (Modifier.isAbstract(type.getModifiers())
                || withMessage.or(() -> without).isEmpty()) {
            throw new ChaosException(
                    "exception must be a class with a public constructor that takes a message or nothing, " + "but "
                            + type.getName() + " has none. Write the rule with Failure.of(...) and scope.inject.");
        }
        return () -> make(withMessage, without, message);
    }

    private static Optional<Constructor<?>> constructor(Class<?> type, Class<?>... parameters) {
        return Stream.of(type.getConstructors())
                .filter(each -> List.of(each.getParameterTypes()).equals(List.of(parameters)))
                .peek(Constructor::trySetAccessible) // the class itself need not be public
                .findFirst();
    }

    private static Throwable make(
            Optional<Constructor<?>> withMessage, Optional<Constructor<?>> without, String message) {
        try {
            return (Throwable)
                    (withMessage.isPresent()
                            ? withMessage.get().newInstance(message)
                            : without.orElseThrow().newInstance());
        } catch (ReflectiveOperationException e) {
            throw new ChaosException(
                    "exception must be one that can be made, but its constructor failed; see the cause. "
                            + "Write the rule with Failure.of(...) and scope.inject.",
                    e);
        }
    }
}
