// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.StackWalker.StackFrame;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacesTest {

    private static final String TEST = "com.example.ShopTest.sweeps:9";
    private static final String JUNIT = "org.junit.platform.ReflectionUtils.invokeMethod:7";

    private static List<StackFrame> stack(String... frames) {
        return Arrays.stream(frames).<StackFrame>map(Frame::of).toList();
    }

    private static List<String> names(List<List<StackFrame>> stacks) {
        Places places = Places.of(stacks);
        return stacks.stream().map(each -> String.valueOf(places.name(each))).toList();
    }

    @Test
    void aHelperIsNamedBehindItsCallers() {
        assertThat(names(List.of(
                        stack("com.example.Sql.run:23", "com.example.Shop.place:41", TEST, JUNIT),
                        stack(
                                "com.example.Sql.run:23",
                                "com.example.Sql.run:30",
                                "com.example.Shop.place:42",
                                TEST,
                                JUNIT),
                        stack("com.example.Sql.commit:77", "com.example.Shop.place:42", TEST, JUNIT))))
                .containsExactly(
                        "Shop.place:41 via Sql.run:23",
                        "Shop.place:42 via Sql.run:23",
                        "Shop.place:42 via Sql.commit:77");
    }

    @Test
    void aLineThatOneOtherCallsIsNamedAlone() {
        assertThat(names(List.of(
                        stack("com.example.Shop.add:84", "com.example.Shop.place:41", TEST, JUNIT),
                        stack("com.example.Shop.add:84", "com.example.Shop.place:42", TEST, JUNIT),
                        stack("com.example.Shop$Row.write:90", "com.example.Shop.add:84", TEST, JUNIT))))
                .containsExactly("Shop.add:84", "Shop.add:84", "Shop$Row.write:90");
    }

    @Test
    void whatRunsTestsAndFrameworksAreNotNamed() {
        String lambda = "com.example.ShopTest.lambda$sweeps$0:12";
        assertThat(names(List.of(
                        stack("org.springframework.jdbc.core.JdbcTemplate.update:3", "com.example.Shop.place:41", TEST),
                        stack(lambda, "org.assertj.core.api.ThrowableAssert.catchThrowable:63", TEST, JUNIT),
                        stack(lambda, JUNIT),
                        stack(lambda))))
                .containsExactly(
                        "Shop.place:41",
                        "ShopTest.lambda$sweeps$0:12",
                        "ShopTest.lambda$sweeps$0:12",
                        "ShopTest.lambda$sweeps$0:12");
    }

    @Test
    void whereNothingElseIsThereTheNearestIsNamed() {
        assertThat(names(List.of(stack("org.springframework.samples.Pet.save:3", JUNIT), stack(JUNIT), stack())))
                .containsExactly("Pet.save:3", "ReflectionUtils.invokeMethod:7", "null");
    }

    /** One as a stack walker gives it. */
    private record Frame(String type, String method, int line) implements StackFrame {

        static Frame of(String text) {
            int colon = text.indexOf(':');
            int dot = text.lastIndexOf('.');
            return new Frame(
                    text.substring(0, dot),
                    text.substring(dot + 1, colon),
                    Integer.parseInt(text.substring(colon + 1)));
        }

        @Override
        public String getClassName() {
            return type;
        }

        @Override
        public String getMethodName() {
            return method;
        }

        @Override
        public Class<?> getDeclaringClass() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int getByteCodeIndex() {
            return -1;
        }

        @Override
        public String getFileName() {
            return type;
        }

        @Override
        public int getLineNumber() {
            return line;
        }

        @Override
        public boolean isNativeMethod() {
            return false;
        }

        @Override
        public StackTraceElement toStackTraceElement() {
            return new StackTraceElement(type, method, type, line);
        }
    }
}
