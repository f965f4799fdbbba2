// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.call.CallSeam;
import dev.chaostest.call.Wrapped;
import dev.chaostest.call.Wrapping;
import dev.chaostest.junit5.ChaosWrap;
import dev.chaostest.plan.ChaosException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands wrapped objects to the parameters of a test that ask for one. */
public final class WrapExtension implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.isAnnotated(ChaosWrap.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ChaosWrap wanted = parameter.findAnnotation(ChaosWrap.class).orElseThrow();
        String executable = parameter.getDeclaringExecutable().getName();
        if (!context.getTestMethod().equals(Optional.of(parameter.getDeclaringExecutable()))) {
            throw new ChaosException("@ChaosWrap must be on a parameter of a test method, but is on one of "
                    + executable + ". Move it there, or wrap a field.");
        }
        String place = "@ChaosWrap on " + Tests.name(context);
        Object target = target(place, wanted.from(), parameter.getParameter().getType(), context);
        return armed(parameter.getParameter().getType(), target, name(wanted), TestRound.of(context));
    }

    private static Object target(String place, String from, Class<?> type, ExtensionContext context) {
        @Nullable
        Object value = Members.find(context, from).map(Members.Found::value).orElse(null);
        if (!type.isInstance(value)) {
            throw new ChaosException(
                    place + ": from must name a field or a method without parameters of the test class that "
                            + "holds a " + type.getSimpleName() + ", but \"" + from + "\" "
                            + (value == null
                                    ? "is not there or null"
                                    : "is of type " + value.getClass().getSimpleName())
                            + ". Name what is to be called in the end.");
        }
        return value;
    }

    private static String name(ChaosWrap wanted) {
        return wanted.value().isEmpty() ? wanted.from() : wanted.value();
    }

    /** A proxy, on which the round is armed while the test method runs. */
    static <T> T armed(Class<T> type, Object target, String name, TestRound round) {
        Wrapped<T> wrapped = CallSeam.wrap(type, type.cast(target), Wrapping.named(name));
        round.armOn(wrapped.mount());
        return wrapped.proxy();
    }
}
