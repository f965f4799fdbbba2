// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * What a test class hands over by {@code @PostgresTest(from)}: a member, and its value once the class is set up.
 *
 * @param owner the class that declares it
 * @param name its name
 * @param member a static field, or a static method without parameters
 */
record HandedOver(Class<?> owner, String name, Member member) {

    private static final String KINDS =
            "a DataSource, a JDBC URL, or anything with getJdbcUrl(), getUsername() and getPassword()";

    /**
     * The member that the classes name, if they name one.
     *
     * @param classes the test's class, and those around it
     */
    static Optional<HandedOver> of(List<Class<?>> classes) {
        return Tests.onClass(classes, PostgresTest.class)
                .map(PostgresTest::from)
                .filter(name -> !name.isEmpty())
                .map(name -> find(classes, name));
    }

    private static HandedOver find(List<Class<?>> classes, String name) {
        return classes.stream()
                .flatMap(type -> members(type, name))
                .map(member -> new HandedOver(member.getDeclaringClass(), name, member))
                .findFirst()
                .orElseThrow(() -> new ChaosException("@PostgresTest(from = \"" + name + "\") on "
                        + classes.get(0).getSimpleName() + " must name a static field, or a static method without "
                        + "parameters, but there is none of that name. Make it static, or correct the name."));
    }

    /** Its own, and those that it has from superclasses and interfaces. */
    private static Stream<Member> members(Class<?> type, String name) {
        Predicate<Member> wanted = member -> member.getName().equals(name) && Modifier.isStatic(member.getModifiers());
        List<Member> found = new ArrayList<>();
        found.addAll(ReflectionSupport.findFields(type, wanted::test, HierarchyTraversalMode.BOTTOM_UP));
        found.addAll(ReflectionSupport.findMethods(
                type,
                method -> wanted.test(method) && method.getParameterCount() == 0,
                HierarchyTraversalMode.BOTTOM_UP));
        return found.stream();
    }

    /** Whether it may be a DataSource, which tests share; a URL or a container gives each its own. */
    boolean mayBeShared() {
        Class<?> type = member instanceof Field field ? field.getType() : ((Method) member).getReturnType();
        boolean isContainer = Arrays.stream(type.getMethods())
                .anyMatch(method -> method.getName().equals("getJdbcUrl"));
        return DataSource.class.isAssignableFrom(type) || (type != String.class && !isContainer);
    }

    boolean isMethod() {
        return member instanceof Method;
    }

    /** Its value now; a {@code DataSource}, a URL, or a {@link Coordinates}. */
    Object value() {
        Object value = read();
        if (value instanceof DataSource || value instanceof String) {
            return value;
        }
        if (value == null) {
            throw refused("was null", "Set it before the first test, in a static initializer or @BeforeAll.");
        }
        try {
            return Coordinates.of(value)
                    .orElseThrow(() -> refused("was a " + value.getClass().getName(), "Hand over one of those."));
        } catch (InvocationTargetException e) {
            throw refused("its getters threw " + e.getCause(), "Start it first.", e.getCause());
        }
    }

    private @Nullable Object read() {
        ((AccessibleObject) member).setAccessible(true);
        try {
            return member instanceof Field field ? field.get(null) : ((Method) member).invoke(null);
        } catch (InvocationTargetException e) {
            throw refused("threw " + e.getCause(), "See the cause.", e.getCause());
        } catch (IllegalAccessException e) {
            throw refused("was not accessible", "Open the package to dev.chaostest.junit5.", e);
        }
    }

    private ChaosException refused(String found, String advice) {
        return refused(found, advice, null);
    }

    private ChaosException refused(String found, String advice, @Nullable Throwable cause) {
        return new ChaosException(
                "@PostgresTest(from = \"" + name + "\") on " + owner.getSimpleName() + " must give " + KINDS + ", but "
                        + found + ". " + advice,
                cause);
    }

    /**
     * Where a container's database is; read by name, so that no version of Testcontainers is needed to compile.
     *
     * @param url the JDBC URL
     * @param user whom to connect as
     * @param password never printed
     */
    record Coordinates(String url, String user, String password) {

        static Optional<Coordinates> of(Object container) throws InvocationTargetException {
            Optional<String> url = text(container, "getJdbcUrl");
            Optional<String> user = text(container, "getUsername");
            Optional<String> password = text(container, "getPassword");
            return url.isPresent() && user.isPresent() && password.isPresent()
                    ? Optional.of(new Coordinates(url.get(), user.get(), password.get()))
                    : Optional.empty();
        }

        private static Optional<String> text(Object container, String getter) throws InvocationTargetException {
            try {
                Method method = container.getClass().getMethod(getter);
                method.setAccessible(true); // the class itself need not be public
                return Optional.ofNullable(method.invoke(container)).map(Object::toString);
            } catch (NoSuchMethodException | IllegalAccessException absent) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return url;
        }
    }
}
