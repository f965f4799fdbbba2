// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallTextTest {

    private static String text(@Nullable Object... values) {
        return CallText.of("charge", values, true);
    }

    @Test
    void showsTheMethodAndItsValues() {
        assertThat(text("order-1", 100L, null, List.of("a"))).isEqualTo("charge(\"order-1\", 100, null, [a])");
        assertThat(text()).isEqualTo("charge()");
    }

    @Test
    void arraysAreReadable() {
        assertThat(text(new int[] {1, 2}, (Object) new String[] {"a", null}))
                .isEqualTo("charge([1, 2], [\"a\", null])");
    }

    @Test
    void arrayThatHoldsItselfIsNotFollowed() {
        Object[] itself = new Object[1];
        itself[0] = itself;

        assertThat(text((Object) itself)).isEqualTo("charge([[...]])");
    }

    @Test
    void longValuesAndManyValuesAreCut() {
        assertThat(text("x".repeat(1_000_000))).hasSizeLessThan(100).endsWith("…)");
        assertThat(text((Object) new long[1_000_000])).hasSizeLessThan(100).contains(", ...]");
        Object[] many = new Object[255];
        assertThat(text(many)).hasSize(400).endsWith("…");
    }

    @Test
    void valueThatCanNotBePrintedDoesNotBreakTheCall() {
        assertThat(text(new Broken())).isEqualTo("charge(<a Broken whose toString threw IllegalStateException>)");
        assertThat(text(new Endless())).isEqualTo("charge(<a Endless whose toString threw StackOverflowError>)");
        assertThat(text(new Nothing())).isEqualTo("charge(null)");
    }

    @Test
    void valuesCanBeLeftOut() {
        assertThat(CallText.of("login", new Object[] {"secret"}, false)).isEqualTo("login(...)");
        assertThat(CallText.of("logout", new Object[0], false)).isEqualTo("logout()");
    }

    private static final class Broken {
        @Override
        public String toString() {
            throw new IllegalStateException("not loaded");
        }
    }

    private static final class Endless {
        @Override
        @SuppressWarnings("InfiniteRecursion") // what is tested
        public String toString() {
            return "" + this;
        }
    }

    private static final class Nothing {
        @Override
        @SuppressWarnings({"NullAway", "ToStringReturnsNull"}) // what is tested
        public String toString() {
            return null;
        }
    }
}
