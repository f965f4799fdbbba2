// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.call.CallSeam;
import dev.chaostest.call.Failure;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Site;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The faults that are possible at calls of wrapped objects: each fails, before the object does its work and after it.
 *
 * <p>What is thrown is the first exception that the method declares and that can be made, else a {@link RuntimeException}.
 * Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public record CallCatalogue() implements Catalogue {

    /** What users call it. */
    private static final String FAILURE = "call fails";

    private static final String MESSAGE = "failure injected by a sweep";

    @Override
    public Role role(Site site) {
        return site.seam().equals(CallSeam.SEAM) ? Role.POINT : Role.NONE;
    }

    @Override
    public String naming(Site site) {
        return site.name();
    }

    @Override
    public Set<String> names() {
        return Set.of(FAILURE);
    }

    @Override
    public Possible at(Point point, Recorded round) {
        Supplier<Throwable> maker = maker(point.declared());
        String type = maker.get().getClass().getSimpleName();
        Failure before = Failure.of(maker);
        return new Possible(
                List.of(
                        new Candidate(FAILURE, type + " before", before, true),
                        new Candidate(FAILURE, type + " after", before.afterTheEffect(), true)),
                List.of());
    }

    @Override
    public boolean isInjected(Throwable thrown, LedgerEntry.Fired fired, Optional<String> answer) {
        return fired.fault() instanceof Failure failure
                && thrown.toString().equals(failure.text()); // both are of our making
    }

    private static Supplier<Throwable> maker(List<Class<?>> declared) {
        return declared.stream()
                .filter(type -> Exception.class.isAssignableFrom(type) && !InterruptedException.class.equals(type))
                .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                .flatMap(CallCatalogue::makers)
                .findFirst()
                .orElse(() -> new RuntimeException(MESSAGE));
    }

    private static Stream<Supplier<Throwable>> makers(Class<?> type) {
        Stream<Supplier<Throwable>> withMessage =
                constructor(type, String.class).map(each -> () -> make(each, MESSAGE));
        Stream<Supplier<Throwable>> without = constructor(type).map(each -> () -> make(each));
        return Stream.concat(withMessage, without);
    }

    private static Stream<Constructor<?>> constructor(Class<?> type, Class<?>... parameters) {
        return Stream.of(type.getConstructors())
                .filter(each -> List.of(each.getParameterTypes()).equals(List.of(parameters)))
                .filter(Constructor::trySetAccessible); // the class itself need not be public
    }

    private static Throwable make(Constructor<?> constructor, Object... values) {
        try {
            return (Throwable) constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            return new RuntimeException(MESSAGE, e);
        }
    }
}
