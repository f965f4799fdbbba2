// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Detail;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of a wrapped object, as a condition or a key function sees it.
 *
 * <pre>{@code
 * Target large = Calls.to(Gateway.class, "charge")
 *         .where("amount over 1000", call -> call.argument(1, long.class) > 1000);
 * }</pre>
 *
 * <p>Lives as long as the call; as mutable as the arguments are.
 *
 * @since 0.1
 */
public final class Call implements Detail {

    private final Class<?> type;
    private final Wrapping wrapping;
    private final Method called;
    private final @Nullable Object[] values;

    Call(Class<?> type, Wrapping wrapping, Method called, @Nullable Object @Nullable [] values) {
        this.type = type;
        this.wrapping = wrapping;
        this.called = called;
        this.values = values == null ? new Object[0] : values;
    }

    /** The interface that was wrapped. */
    public Class<?> type() {
        return type;
    }

    /** The name under which the object was wrapped. */
    public String name() {
        return wrapping.name();
    }

    /** The name of the method. */
    public String method() {
        return called.getName();
    }

    /** The exceptions that the method declares, as it declares them. */
    public List<Class<?>> declared() {
        return List.of(called.getExceptionTypes());
    }

    /** The arguments, those of a variable number as one array; can't be changed. */
    public List<@Nullable Object> arguments() {
        return Collections.unmodifiableList(Arrays.asList(values));
    }

    /**
     * One argument.
     *
     * @param index from 0
     * @param expected its type; for a number {@code long.class} does as well as {@code Long.class}
     * @throws ChaosException if there is no such argument, it is of another type, or it is null
     */
    @SuppressWarnings("unchecked") // of that type, as was looked at; a Class of a primitive can't cast by itself
    public <A> A argument(int index, Class<A> expected) {
        if (index < 0 || index >= values.length) {
            throw new ChaosException("An argument of " + this + " must be one of its " + values.length
                    + ", counted from 0, but number " + index
                    + " was asked for. Name the method in the target, or look at arguments().");
        }
        Object value = values[index];
        if (!MethodType.methodType(expected).wrap().returnType().isInstance(value)) {
            throw new ChaosException("Argument " + index + " of " + this + " must be of type " + expected.getName()
                    + " to be looked at so, but is "
                    + (value == null ? "null" : "of type " + value.getClass().getName())
                    + ". Ask for another type, or look at arguments().");
        }
        return (A) value;
    }

    @Override
    public @Nullable String key() {
        return wrapping.keyOf(this);
    }

    /** Whether the values of its arguments may get into the ledger. */
    boolean showsValues() {
        return wrapping.showsValues();
    }

    String text() {
        return CallText.of(called.getName(), values, wrapping.showsValues());
    }

    /** The interface and the method, without values. */
    @Override
    public String toString() {
        return type.getSimpleName() + "." + method();
    }
}
