// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.mount.Mount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts any interface behind a proxy, so that a plan decides how each call goes.
 *
 * <p>The site of a call is {@code call:PaymentGateway.charge}: the interface that was wrapped and the method, overloads
 * alike (a target may look at the arguments). Its lane is the wrapped object, or the current worker. While no scope is
 * armed, and where nothing strikes, the called object is called on the caller's thread, with its own result and its own
 * exceptions. {@code equals}, {@code hashCode} and {@code toString} are the object's own and no sites; proxies of equal
 * objects are equal.
 *
 * <p>A wait before or after the effect ends when its time is over, its rule is taken out, the round ends, or the caller
 * is interrupted. Then the caller gets an {@code InterruptedException} if the method may throw one, an
 * {@code InterruptedIOException} if it may throw that; else the interrupt flag stays set, and it gets a
 * {@link ChaosException} whose cause is the {@code InterruptedException}.
 *
 * <p>Where a method is declared to return a {@code CompletionStage}, {@code CompletableFuture} or {@code Future}, the
 * caller never waits: everything happens where the value would appear. What is delayed before its effect is called later,
 * on CompletableFuture's default executor; what depends on a delayed stage runs there too, never on a timer's thread. At a
 * call that is struck, also what the object throws on being called comes through the future. Cancelling or completing the
 * future ends the wait and does the same to the object's own. A delay after the effect of a {@code Future} begins when
 * somebody first asks for the value. Other future types are ordinary results.
 *
 * <p>Limitation of Java's proxies: a checked exception that the object throws though its method does not declare it comes
 * as an {@code UndeclaredThrowableException}.
 *
 * <pre>{@code
 * Wrapped<Gateway> wrapped = CallSeam.wrap(Gateway.class, new HttpGateway(url));
 * scope.arm(wrapped.mount());
 * new Checkout(wrapped.proxy()).pay(order);
 * }</pre>
 *
 * @since 0.1
 */
public final class CallSeam {

    /** The seam's short name. */
    public static final String SEAM = "call";

    private static final Set<Class<? extends Fault>> CARRIES =
            Set.of(Delay.class, Hang.class, Failure.class, ChangedResult.class, Behavior.class);

    private CallSeam() {}

    /**
     * Wraps an object under the name of the interface.
     *
     * @throws ChaosException if the type is no interface that a proxy can have, or the target is null
     */
    public static <T> Wrapped<T> wrap(Class<T> type, T target) {
        return wrap(type, target, Wrapping.named(type.getSimpleName()));
    }

    /**
     * Wraps an object.
     *
     * @param type the interface that the proxy has
     * @param target what is called in the end; may be a proxy itself, and then a call is a hit on each
     * @param wrapping its name, and what is known about its calls
     * @throws ChaosException if the type is no interface that a proxy can have, or the target is null
     */
    public static <T> Wrapped<T> wrap(Class<T> type, T target, Wrapping wrapping) {
        requireInterface(type);
        requireTarget(type, target);
        Mount mount = new Mount(mountName(type, wrapping), SEAM, CARRIES);
        Dispatcher dispatcher = new Dispatcher(type, target, wrapping, mount);
        try {
            return new Wrapped<>(
                    type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, dispatcher)), mount);
        } catch (IllegalArgumentException e) {
            throw new ChaosException(
                    "The type to wrap must be an interface that a proxy can implement, but " + type.getName()
                            + " is not: " + e.getMessage() + ". Wrap an ordinary interface.",
                    e);
        }
    }

    private static String mountName(Class<?> type, Wrapping wrapping) {
        String simple = type.getSimpleName();
        return "the wrapped " + simple + (simple.equals(wrapping.name()) ? "" : " \"" + wrapping.name() + "\"");
    }

    private static void requireInterface(Class<?> type) {
        if (!type.isInterface()) {
            throw new ChaosException("The type to wrap must be an interface, but " + type.getName()
                    + " is none. Name the interface through which the code under test calls it.");
        }
        if (type.isSealed()) {
            throw new ChaosException("The type to wrap must be an interface that anyone may implement, but "
                    + type.getName() + " is sealed. Wrap an interface that is not.");
        }
        for (Method method : type.getMethods()) {
            Operation.requireCallable(type, method);
        }
    }

    private static void requireTarget(Class<?> type, @Nullable Object target) {
        if (!type.isInstance(target)) {
            throw new ChaosException("The object to wrap must be a " + type.getName() + ", but was "
                    + (target == null ? "null" : "a " + target.getClass().getName())
                    + ". Hand over what is to be called in the end.");
        }
    }
}
