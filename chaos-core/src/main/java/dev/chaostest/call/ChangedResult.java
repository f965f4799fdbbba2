// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.plan.Fault;
import dev.chaostest.plan.When;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Has a call return something else than the called object said.
 *
 * <p>The object did its work; what it threw is not changed. Where the answer comes later, the later value is changed.
 *
 * <pre>{@code
 * ChangedResult empty = new ChangedResult("an empty list", quotes -> List.of());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads if the change is.
 *
 * @param text what comes instead, for messages and the replay line; the same in every run
 * @param change makes the new value of the old one
 * @since 0.1
 */
public record ChangedResult(String text, UnaryOperator<@Nullable Object> change) implements Fault {

    public ChangedResult {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(change, "change");
    }

    /**
     * Always this value; what it prints is the text, without the number that the JVM gives to an object that prints
     * nothing of its own. Where that is another in each run, use the constructor.
     */
    public static ChangedResult to(@Nullable Object value) {
        String number = "@" + Integer.toHexString(System.identityHashCode(value));
        return new ChangedResult(String.valueOf(value).replace(number, ""), result -> value);
    }

    @Override
    public When strikes() {
        return When.AFTER;
    }

    @Override
    public boolean endsTheCall() {
        return false;
    }

    @Override
    public String toString() {
        return "result changed to " + text;
    }
}
