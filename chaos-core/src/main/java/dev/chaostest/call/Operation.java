// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Site;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One method of a wrapped interface: where it is, what may come out of it, and how to call it. */
final class Operation {

    /** When the caller gets the value, by what the method is declared to return. */
    enum Kind {
        /** On return. */
        DIRECT,
        /** When a stage completes. */
        STAGE,
        /** When somebody asks for it. */
        FUTURE
    }

    private final Method method;
    private final Site site;
    private final Kind kind;
    private final List<Method> twins;

    private Operation(Class<?> type, Method method) {
        this.method = method;
        this.site = new Site(CallSeam.SEAM, type.getSimpleName() + "." + method.getName());
        this.kind = kindOf(method.getReturnType());
        this.twins = Arrays.stream(type.getMethods()).filter(this::isTwin).toList();
    }

    /** Of a method as the proxy hands it over. */
    static Operation of(Class<?> type, Method method) {
        requireCallable(type, method);
        return new Operation(type, method);
    }

    /** An interface need not be public, but its module must let us in. */
    static void requireCallable(Class<?> type, Method method) {
        if (!method.trySetAccessible()) {
            throw new ChaosException("The type to wrap must be an interface that can be called from here, but "
                    + type.getName() + " can't. Make it public and export its package, or open the package.");
        }
    }

    private static Kind kindOf(Class<?> result) {
        if (result == CompletionStage.class || result == CompletableFuture.class) {
            return Kind.STAGE;
        }
        return result == Future.class ? Kind.FUTURE : Kind.DIRECT;
    }

    /** An interface may inherit one method from two others, and throw only what both declare. */
    private boolean isTwin(Method other) {
        return other.getName().equals(method.getName())
                && Arrays.equals(other.getParameterTypes(), method.getParameterTypes());
    }

    Site site() {
        return site;
    }

    Kind kind() {
        return kind;
    }

    /** Calls the object; what comes out is its own. */
    @Nullable
    Object call(Object target, @Nullable Object @Nullable [] values) throws Throwable {
        try {
            return method.invoke(target, values);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    /** Whether a caller can meet it; a future can hold anything. */
    boolean mayFailWith(Throwable thrown) {
        return kind != Kind.DIRECT
                || thrown instanceof RuntimeException
                || thrown instanceof Error
                || declares(thrown.getClass());
    }

    private boolean declares(Class<?> thrown) {
        return twins.stream()
                .allMatch(twin -> Arrays.stream(twin.getExceptionTypes())
                        .anyMatch(declared -> declared.isAssignableFrom(thrown)));
    }

    /** What a caller gets whose wait was interrupted; sets the flag again where that does not say it. */
    Throwable interrupted(InterruptedException interrupt) {
        if (declares(InterruptedException.class)) {
            return interrupt;
        }
        Thread.currentThread().interrupt();
        if (declares(InterruptedIOException.class)) {
            InterruptedIOException io = new InterruptedIOException("interrupted during " + site);
            io.initCause(interrupt);
            return io;
        }
        return new ChaosException(
                "A wait at " + site + " must end before the caller is interrupted, but did not. Expect this exception, "
                        + "or declare InterruptedException on the method.",
                interrupt);
    }

    /** Whether this can be the value that a caller gets. */
    boolean mayReturn(@Nullable Object value) {
        Class<?> type = valueType();
        if (type == void.class) {
            return value == null;
        }
        return value == null
                ? !type.isPrimitive()
                : MethodType.methodType(type).wrap().returnType().isInstance(value);
    }

    /** The type of the value, where it comes later too; {@code Object} where that is not known. */
    Class<?> valueType() {
        return kind == Kind.DIRECT ? method.getReturnType() : argumentOf(method.getGenericReturnType());
    }

    private static Class<?> argumentOf(Type generic) {
        if (!(generic instanceof ParameterizedType parameterized)) {
            return Object.class;
        }
        Type argument = parameterized.getActualTypeArguments()[0];
        Type raw = argument instanceof ParameterizedType inner ? inner.getRawType() : argument;
        return raw instanceof Class<?> known ? known : Object.class;
    }
}
