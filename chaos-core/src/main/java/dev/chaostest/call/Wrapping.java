// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a wrapped object is called, and what is known about its calls.
 *
 * <p>Defaults: calls have no key, and the ledger shows the values of their arguments.
 *
 * <pre>{@code
 * Wrapping stripe = Wrapping.named("stripe").keyed(call -> call.argument(0, Order.class).account());
 * Gateway gateway = scope.wrap(Gateway.class, real, stripe);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads if the key function is.
 *
 * @since 0.1
 */
public final class Wrapping {

    private final String name;
    private final Function<? super Call, @Nullable String> key;
    private final boolean showsValues;

    private Wrapping(String name, Function<? super Call, @Nullable String> key, boolean showsValues) {
        this.name = name;
        this.key = key;
        this.showsValues = showsValues;
    }

    /**
     * With a name: of the lane ({@code stripe-1}), in messages, and for {@link Calls#on}.
     *
     * @throws IllegalArgumentException if the name is blank
     */
    public static Wrapping named(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "the name of a wrapped object must have a letter, but was blank. Use for example \"stripe\".");
        }
        return new Wrapping(name, call -> null, true);
    }

    /**
     * As this one, and each call is about something: an account, a provider. Rules may count
     * {@linkplain dev.chaostest.plan.Rule#perKey by it}.
     *
     * @param key says it, quickly; null or a blank text for a call that is about nothing. What it throws goes to the caller
     */
    public Wrapping keyed(Function<? super Call, @Nullable String> key) {
        return new Wrapping(name, Objects.requireNonNull(key, "key"), showsValues);
    }

    /** As this one, but no value of an argument gets into the ledger, which people will read. */
    public Wrapping withoutValues() {
        return new Wrapping(name, key, false);
    }

    /** The name. */
    public String name() {
        return name;
    }

    @Nullable
    String keyOf(Call call) {
        String found = key.apply(call);
        return found == null || found.isBlank() ? null : found;
    }

    boolean showsValues() {
        return showsValues;
    }

    @Override
    public String toString() {
        return name;
    }
}
