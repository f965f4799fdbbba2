// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.postgres.ChaosFailure;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** chaos-postgres is optional: without it the rest works, and its annotations say what is missing. */
class WithoutPostgresTest {

    @Test
    void theRestWorks() throws Exception {
        assertThat(runWithoutPostgres(ScopeTestCases.class)).isEqualTo("green: 1, red: []");
    }

    @Test
    void theAnnotationsSayWhatIsMissing() throws Exception {
        assertThat(runWithoutPostgres(FailureTestCases.class))
                .isEqualTo("green: 0, red: [dev.chaostest.plan.ChaosException: The annotations of "
                        + "dev.chaostest.junit5.postgres must have chaos-postgres on the class path, but it is missing. "
                        + "Add the dependency dev.chaostest:chaos-postgres in test scope.]");
    }

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

    private static String runWithoutPostgres(Class<?> testCases) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPathWithoutPostgres(),
                        Main.class.getName(),
                        testCases.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said.lines().filter(line -> line.startsWith("green: ")).collect(Collectors.joining());
    }

    private static String classPathWithoutPostgres() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> Stream.of("chaos-postgres", "postgresql", "HikariCP")
                        .noneMatch(Path.of(entry).toString()::contains))
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
