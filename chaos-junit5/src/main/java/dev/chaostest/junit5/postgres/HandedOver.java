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
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

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

    /** The member that the class names, if it names one. */
    static Optional<HandedOver> of(Class<?> testClass) {
        return Tests.onClass(testClass, PostgresTest.class)
                .map(PostgresTest::from)
                .filter(name -> !name.isEmpty())
                .map(name -> find(testClass, name));
    }

    private static HandedOver find(Class<?> testClass, String name) {
        for (Class<?> type = testClass; type != null; type = next(type)) {
            Member member = memberOf(type, name);
            if (member != null) {
                return new HandedOver(type, name, member);
            }
        }
        throw new ChaosException("@PostgresTest(from = \"" + name + "\") on " + testClass.getSimpleName()
                + " must name a static field, or a static method without parameters, but there is none of that name. "
                + "Make it static, or correct the name.");
    }

    /** Superclasses first, then the class around. */
    private static @Nullable Class<?> next(Class<?> type) {
        Class<?> superclass = type.getSuperclass();
        return superclass == null || superclass == Object.class ? type.getEnclosingClass() : superclass;
    }

    private static @Nullable Member memberOf(Class<?> type, String name) {
        for (Field field : type.getDeclaredFields()) {
            if (field.getName().equals(name) && Modifier.isStatic(field.getModifiers())) {
                return field;
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals(name)
                    && Modifier.isStatic(method.getModifiers())
                    && method.getParameterCount() == 0) {
                return method;
            }
        }
        return null;
    }

    /** Whether it is a DataSource, which two tests may share; a URL or a container gives each its own. */
    boolean isDataSource() {
        Class<?> type = member instanceof Field field ? field.getType() : ((Method) member).getReturnType();
        return DataSource.class.isAssignableFrom(type);
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
        return Coordinates.of(value)
                .orElseThrow(() -> refused("was a " + value.getClass().getName(), "Hand over one of those."));
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

        static Optional<Coordinates> of(Object container) {
            return text(container, "getJdbcUrl")
                    .flatMap(url -> text(container, "getUsername")
                            .flatMap(user -> text(container, "getPassword")
                                    .map(password -> new Coordinates(url, user, password))));
        }

        private static Optional<String> text(Object container, String getter) {
            try {
                Method method = container.getClass().getMethod(getter);
                method.setAccessible(true); // the class itself need not be public
                return Optional.ofNullable(method.invoke(container)).map(Object::toString);
            } catch (ReflectiveOperationException absent) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return url;
        }
    }
}
