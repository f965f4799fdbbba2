// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.internal.Nearest;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which calls a rule is about: those of an interface, of one method, of one wrapped object, with some arguments.
 *
 * <pre>{@code
 * Target charges = Calls.to(Gateway.class, "charge").on("stripe");
 * Target large = charges.where("amount over 1000", call -> call.argument(1, long.class) > 1000);
 * Rule rule = Rule.of(large, Trigger.nth(2), Failure.of(() -> new DeclinedException("limit")));
 * }</pre>
 *
 * <p>The interface is the one that was wrapped: one that it extends has sites of its own only where it was wrapped
 * itself. Calls that a condition leaves out are not counted. Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Calls implements Target {

    private static final int SHOWN_MAX = 3;

    private final Class<?> type;
    private final @Nullable String method;
    private final List<Condition> conditions;

    private Calls(Class<?> type, @Nullable String method, List<Condition> conditions) {
        this.type = type;
        this.method = method;
        this.conditions = List.copyOf(conditions);
    }

    /** Every call of an interface. */
    public static Calls to(Class<?> type) {
        requireInterface(type);
        return new Calls(type, null, List.of());
    }

    /**
     * Every call of one method, whatever its parameters.
     *
     * @throws ChaosException if the interface has no method of that name; the message lists those it has
     */
    public static Calls to(Class<?> type, String method) {
        requireInterface(type);
        List<String> methods = Arrays.stream(type.getMethods())
                .filter(each -> !Modifier.isStatic(each.getModifiers()))
                .map(Method::getName)
                .distinct()
                .sorted()
                .toList();
        if (!methods.contains(method)) {
            throw new ChaosException("The method must be one of " + type.getName() + ", but \"" + method
                    + "\" is none. "
                    + (methods.isEmpty()
                            ? "It has no methods; name another interface."
                            : "Did you mean " + nearest(method, methods) + "?"));
        }
        return new Calls(type, method, List.of());
    }

    /** The nearest few; all of them can be very many. */
    private static String nearest(String method, List<String> methods) {
        List<String> left = new ArrayList<>(methods);
        List<String> nearest = new ArrayList<>();
        while (!left.isEmpty() && nearest.size() < SHOWN_MAX) {
            String next = Nearest.of(method, left);
            left.remove(next);
            nearest.add("\"" + next + "\"");
        }
        return String.join(" or ", nearest);
    }

    private static void requireInterface(Class<?> type) {
        if (!type.isInterface()) {
            throw new ChaosException("The type whose calls are meant must be an interface, but " + type.getName()
                    + " is none. Name the interface that was wrapped.");
        }
    }

    /** Of these, the calls of what was wrapped under a {@linkplain Wrapping#named name}. */
    public Calls on(String name) {
        Objects.requireNonNull(name, "name");
        return with(new Condition("on " + name, call -> call.name().equals(name)));
    }

    /**
     * Of these, the calls for which a condition holds.
     *
     * @param text says it, for messages and the replay line; the same in every run
     * @param condition asked at each call, so it must be quick; what it throws goes to the caller
     */
    public Calls where(String text, Predicate<? super Call> condition) {
        Objects.requireNonNull(condition, "condition");
        return with(new Condition("where " + Objects.requireNonNull(text, "text"), condition));
    }

    private Calls with(Condition condition) {
        List<Condition> more = new ArrayList<>(conditions);
        more.add(condition);
        return new Calls(type, method, more);
    }

    @Override
    public String seam() {
        return CallSeam.SEAM;
    }

    @Override
    public boolean matches(Site site) {
        String prefix = type.getSimpleName() + ".";
        return site.seam().equals(CallSeam.SEAM)
                && (method == null
                        ? site.name().startsWith(prefix)
                        : site.name().equals(prefix + method));
    }

    /** Also looks at the interface itself: two of different packages may have the same simple name. */
    @Override
    public boolean covers(Detail detail) {
        return detail instanceof Call call
                && call.type() == type
                && conditions.stream().allMatch(each -> each.holds.test(call));
    }

    @Override
    public String toString() {
        String site = CallSeam.SEAM + ":" + type.getSimpleName() + "." + (method == null ? "*" : method);
        return site + conditions.stream().map(each -> " " + each.text).collect(Collectors.joining());
    }

    private record Condition(String text, Predicate<? super Call> holds) {}
}
