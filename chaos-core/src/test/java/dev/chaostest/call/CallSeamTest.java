// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chaostest.ChaosScope;
import dev.chaostest.call.elsewhere.Gateway;
import dev.chaostest.call.elsewhere.RealGateway;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallSeamTest {

    /** A bit of everything that an interface can have. */
    interface Shop<T> {
        T find(T key);

        int count();

        void close() throws IOException;

        String join(String separator, Object... parts);

        <E extends Comparable<E>> E greatest(List<E> all);

        default String greeting() {
            return "Hello from " + count();
        }

        default String farewell() {
            return "Bye";
        }
    }

    private static final class RealShop implements Shop<String> {
        private final IOException closing = new IOException("disk full");

        @Override
        public String find(String key) {
            return key + "!";
        }

        @Override
        public int count() {
            return 42;
        }

        @Override
        public void close() throws IOException {
            throw closing;
        }

        @Override
        public String join(String separator, Object... parts) {
            return String.join(
                    separator, List.of(parts).stream().map(String::valueOf).toList());
        }

        @Override
        public <E extends Comparable<E>> E greatest(List<E> all) {
            return java.util.Collections.max(all);
        }

        @Override
        public String farewell() {
            return "See you";
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof RealShop;
        }

        @Override
        public int hashCode() {
            return 4711;
        }

        @Override
        public String toString() {
            return "the real shop";
        }
    }

    /** Strikes nothing, so that armed calls are the same as idle ones. */
    private static final Rule NEVER =
            Rule.of(Target.seam("call"), Trigger.probability(0), Failure.of(() -> new IllegalStateException("struck")));

    private static ChaosScope scope() {
        return ChaosScope.open("shop", Plan.of(new Seed(77), NEVER), new VirtualTime());
    }

    private final RealShop real = new RealShop();

    @SuppressWarnings("unchecked") // a class has no type arguments
    private Wrapped<Shop<String>> wrapped() {
        return (Wrapped<Shop<String>>) (Wrapped<?>) CallSeam.wrap(Shop.class, real);
    }

    @Nested
    class WhenNothingStrikes {

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void callsAreThoseOfTheObject(boolean armed) {
            Wrapped<Shop<String>> wrapped = wrapped();
            Shop<String> shop = wrapped.proxy();
            try (ChaosScope scope = scope()) {
                if (armed) {
                    scope.arm(wrapped.mount());
                }

                assertThat(shop.find("key")).isEqualTo("key!");
                assertThat(shop.count()).isEqualTo(42);
                assertThat(shop.join("-", "a", 1, 'c')).isEqualTo("a-1-c");
                assertThat(shop.join("-")).isEmpty();
                assertThat(shop.greatest(List.of(3, 9, 4))).isEqualTo(9);
                assertThat(shop.greeting()).isEqualTo("Hello from 42");
                assertThat(shop.farewell()).isEqualTo("See you");
                assertThat(scope.round().decisions().seen()).hasSize(armed ? 6 : 0);
            }
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void exceptionsAreTheVeryOnesOfTheObject(boolean armed) {
            Wrapped<Shop<String>> wrapped = wrapped();
            try (ChaosScope scope = scope()) {
                if (armed) {
                    scope.arm(wrapped.mount());
                }
                Throwable thrown = catchThrowable(() -> wrapped.proxy().close());

                assertThat(thrown)
                        .isSameAs(real.closing)
                        .hasNoSuppressedExceptions()
                        .hasNoCause();
                assertThat(thrown.getStackTrace()[0].getMethodName()).isEqualTo("<init>");
            }
        }

        @Test
        void errorsComeAsTheyAre() {
            AssertionError error = new AssertionError("no");
            Supplier<?> wrapped = CallSeam.wrap(Supplier.class, () -> {
                        throw error;
                    })
                    .proxy();

            assertThatThrownBy(wrapped::get).isSameAs(error);
        }

        @Test
        void interruptFlagStaysAsItIs() {
            Shop<String> shop = wrapped().proxy();
            Thread.currentThread().interrupt();
            try {
                assertThat(shop.count()).isEqualTo(42);
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
        }

        @Test
        void checkedExceptionThatIsNotDeclaredIsWrappedAsJavaDoesIt() {
            IOException sneaky = new IOException("not declared");
            Supplier<?> wrapped = CallSeam.wrap(Supplier.class, () -> CallSeamTest.<RuntimeException>sneak(sneaky))
                    .proxy();

            assertThatThrownBy(wrapped::get)
                    .isInstanceOf(UndeclaredThrowableException.class)
                    .hasCause(sneaky);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // how Kotlin and Lombok throw
    private static <X extends Throwable> Object sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Nested
    class ObjectMethods {

        private final Shop<String> proxy = wrapped().proxy();

        @Test
        void proxyEqualsItselfAndProxiesOfEqualObjects() {
            assertThat(proxy.equals(proxy)).isTrue();
            assertThat(proxy)
                    .isEqualTo(wrapped().proxy())
                    .hasSameHashCodeAs(wrapped().proxy());
            assertThat(Set.of(proxy)).contains(wrapped().proxy());
        }

        @Test
        void proxyEqualsNothingElse() {
            Object other = CallSeam.wrap(Supplier.class, () -> "other").proxy();

            assertThat(proxy).isNotEqualTo(other).isNotEqualTo(null);
            assertThat(proxy.equals(real)).as("as the object does not equal it").isEqualTo(real.equals(proxy));
        }

        @Test
        void hashCodeAndTextAreThoseOfTheObject() {
            assertThat(proxy).hasToString("the real shop");
            assertThat(proxy.hashCode()).isEqualTo(4711);
        }

        @Test
        void areNoSites() {
            try (ChaosScope scope = scope()) {
                Shop<?> shop = scope.wrap(Shop.class, real);

                assertThat(shop.equals(shop)).isTrue();
                assertThat(shop.hashCode()).isEqualTo(4711);
                assertThat(shop).hasToString("the real shop");
                assertThat(scope.round().decisions().seen()).isEmpty();
            }
        }
    }

    @Nested
    class WhatCanBeWrapped {

        @Test
        void proxyAgainAndACallIsAHitOnEach() throws IOException {
            try (ChaosScope scope = scope()) {
                Shop<?> inner = scope.wrap(Shop.class, real);
                Shop<?> outer = scope.wrap(Shop.class, inner, Wrapping.named("outer"));

                assertThat(outer.count()).isEqualTo(42);
                assertThat(scope.round().decisions().seen()).containsEntry(new Site("call", "Shop.count"), 2L);
                assertThat(inner.count()).isEqualTo(42);
                assertThat(scope.round().decisions().seen()).containsEntry(new Site("call", "Shop.count"), 3L);
            }
        }

        @Test
        void interfaceOfThePlatform() throws Exception {
            Callable<?> call = CallSeam.wrap(Callable.class, () -> "called").proxy();

            assertThat(call.call()).isEqualTo("called");
        }

        @Test
        void interfaceOfAnotherClassLoader() throws Exception {
            Foreign loader = new Foreign();
            Class<?> foreign = loader.loadClass(Gateway.class.getName());
            Object target = loader.loadClass(RealGateway.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            Object proxy = wrapAny(foreign, target);

            assertThat(foreign).isNotSameAs(Gateway.class);
            assertThat(foreign.getMethod("refund", String.class).invoke(proxy, "a"))
                    .isEqualTo(1);
        }

        private static <T> Object wrapAny(Class<T> type, Object target) {
            return java.util.Objects.requireNonNull(
                    CallSeam.wrap(type, type.cast(target)).proxy());
        }

        @Test
        void methodThatTwoInterfacesDeclare() {
            Both both = CallSeam.wrap(Both.class, () -> "both").proxy();

            assertThat(both.where()).isEqualTo("both");
        }
    }

    interface Elsewhere {
        String where();
    }

    interface Too {
        String where();
    }

    interface Both extends Elsewhere, Too {}

    /** Loads the two by itself. */
    private static final class Foreign extends ClassLoader {
        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(Gateway.class.getPackageName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            try (InputStream in =
                    Gateway.class.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
                byte[] bytes = java.util.Objects.requireNonNull(in).readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @Nested
    class Refusals {

        @Test
        void classIsRefused() {
            assertThatThrownBy(() -> CallSeam.wrap(RealShop.class, real))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The type to wrap must be an interface, but dev.chaostest.call.CallSeamTest$RealShop "
                            + "is none. Name the interface through which the code under test calls it.");
        }

        @Test
        void sealedInterfaceIsRefused() {
            assertThatThrownBy(() -> CallSeam.wrap(Closed.class, new Only()))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The type to wrap must be an interface that anyone may implement, but "
                            + "dev.chaostest.call.CallSeamTest$Closed is sealed. Wrap an interface that is not.");
        }

        @Test
        @SuppressWarnings("NullAway") // what is tested
        void nullIsRefused() {
            assertThatThrownBy(() -> CallSeam.wrap(Supplier.class, null))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The object to wrap must be a java.util.function.Supplier, but was null. "
                            + "Hand over what is to be called in the end.");
        }

        @Test
        @SuppressWarnings({"unchecked", "rawtypes"}) // what is tested
        void objectOfAnotherTypeIsRefused() {
            assertThatThrownBy(() -> CallSeam.wrap((Class) Supplier.class, "text"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The object to wrap must be a java.util.function.Supplier, but was a "
                            + "java.lang.String. Hand over what is to be called in the end.");
        }

        @Test
        @SuppressWarnings({"unchecked", "rawtypes", "NullAway"}) // nobody here has one
        void interfaceThatItsModuleHidesIsRefused() throws ClassNotFoundException {
            Class hidden = Class.forName("jdk.internal.access.JavaLangAccess");

            assertThatThrownBy(() -> CallSeam.wrap(hidden, null))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The type to wrap must be an interface that can be called from here, but "
                            + "jdk.internal.access.JavaLangAccess can't. Make it public and export its package, or "
                            + "open the package.");
        }

        @Test
        void faultThatACallCanNotMeetIsRefused() {
            Rule cut = Rule.of(Calls.to(Shop.class), Trigger.always(), new Cut(When.BEFORE));
            try (ChaosScope scope = ChaosScope.open("shop", Plan.of(new Seed(77), cut), new VirtualTime())) {
                assertThatThrownBy(() -> scope.wrap(Shop.class, real, Wrapping.named("corner")))
                        .isInstanceOf(ChaosException.class)
                        .hasMessage(
                                "A fault on the wrapped Shop \"corner\" must be one of [Behavior, ChangedResult, Delay, "
                                        + "Failure, Hang], but rule \"connection lost before the effect (nothing was sent) "
                                        + "at call:Shop.*, every time\" has a Cut. Use one of those, or another seam.");
            }
        }
    }

    sealed interface Closed permits Only {}

    static final class Only implements Closed {}

    @Nested
    class Lanes {

        @Test
        void objectsAreNumberedAsTheScopeIsArmedOnThemWhicheverComesFirst() {
            Wrapped<Shop<String>> wrapped = wrapped();
            for (int round = 0; round < 2; round++) {
                Rule always = Rule.of(Calls.to(Shop.class), Trigger.always(), ChangedResult.to(round));
                try (ChaosScope scope = ChaosScope.open("shop", Plan.of(new Seed(77), always), new VirtualTime())) {
                    Shop<?> other = scope.wrap(Shop.class, real);
                    scope.arm(wrapped.mount());

                    assertThat(wrapped.proxy().count()).isEqualTo(round);
                    assertThat(other.count()).isEqualTo(round);
                    assertThat(wrapped.proxy().count()).isEqualTo(round);
                    assertThat(scope.fired())
                            .extracting(fired -> fired.hit().lane())
                            .containsExactly(new Lane("Shop-2"), new Lane("Shop-1"), new Lane("Shop-2"));
                }
                assertThat(wrapped.proxy().count()).as("after the scope").isEqualTo(42);
            }
        }
    }
}
