// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.postgres.ChaosFailure;
import dev.chaostest.junit5.postgres.IsolationLevels;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.Isolation;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** chaos-postgres and junit-jupiter-params are optional: without them the rest works, and says what is missing. */
class WithoutPostgresTest {

    private static final String[] POSTGRES = {"chaos-postgres", "postgresql", "HikariCP"};

    @Test
    void theRestWorks() throws Exception {
        assertThat(runWithout(ScopeTestCases.class, POSTGRES)).isEqualTo("green: 1, red: []");
    }

    @Test
    void theAnnotationsSayWhatIsMissing() throws Exception {
        assertThat(runWithout(FailureTestCases.class, POSTGRES))
                .isEqualTo("green: 0, red: [dev.chaostest.plan.ChaosException: The annotations of "
                        + "dev.chaostest.junit5.postgres must have chaos-postgres on the class path, but it is missing. "
                        + "Add the dependency dev.chaostest:chaos-postgres in test scope.]");
    }

    @Tag(ChaosTags.RESOURCE)
    static class ScopeTestCases {
        @ChaosTest
        void hasAScope(ChaosScope scope) {
            assertThat(scope.fired()).isEmpty();
        }
    }

    static class FailureTestCases {
        @Test
        @ChaosFailure(sqlState = "40001")
        void isNeverRun() {}
    }

    @Test
    void theRestWorksWithoutParameterizedTests() throws Exception {
        assertThat(runWithout(ScopeTestCases.class, "junit-jupiter-params")).isEqualTo("green: 1, red: []");
    }

    @Test
    void theLevelsSayThatParameterizedTestsAreMissing() throws Exception {
        assertThat(runWithout(LevelsTestCases.class, "junit-jupiter-params"))
                .startsWith("green: 0, red: [dev.chaostest.plan.ChaosException: @IsolationLevels on "
                        + "LevelsTestCases.isNeverRun must stand beside @ParameterizedTest, but it does not.");
    }

    @PostgresTest
    static class LevelsTestCases {
        @Test
        @IsolationLevels
        void isNeverRun(Isolation level) {}
    }

    private static String runWithout(Class<?> testCases, String... jars) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPathWithout(jars),
                        Main.class.getName(),
                        testCases.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said.lines().filter(line -> line.startsWith("green: ")).collect(Collectors.joining());
    }

    private static String classPathWithout(String... jars) {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> Stream.of(jars).noneMatch(Path.of(entry).toString()::contains))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Runs in the child. */
    static final class Main {
        private Main() {}

        public static void main(String[] args) throws ClassNotFoundException {
            Inner inner = Inner.run(Class.forName(args[0]));
            new PrintStream(System.out, true, StandardCharsets.UTF_8)
                    .println("green: " + inner.succeeded() + ", red: " + inner.failures());
        }
    }
}
