// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FramesTest {

    @Test
    void framesOfTheMachineryAreFoldedIntoOneLine() {
        assertThat(Frames.folded(List.of(
                        "java.lang.AssertionError: red",
                        "    at com.example.BankTest.red(BankTest.java:7)",
                        "    at java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(X.java:1)",
                        "    at java.base/java.lang.reflect.Method.invoke(Method.java:580)",
                        "    at org.junit.platform.commons.util.ReflectionUtils.invokeMethod(ReflectionUtils.java:775)",
                        "    at app//dev.chaostest.junit5.internal.ChaosExtension.proceed(ChaosExtension.java:83)",
                        "    at org.junit.jupiter.engine.Some.thing(Some.java:1)",
                        "Caused by: java.lang.IllegalStateException: why",
                        "    at java.base/java.util.ArrayList.forEach(ArrayList.java:1)",
                        "    at org.junit.platform.Some.thing(Some.java:1)",
                        "    at org.apache.maven.surefire.booter.ForkedBooter.main(ForkedBooter.java:535)")))
                .containsExactly(
                        "java.lang.AssertionError: red",
                        "    at com.example.BankTest.red(BankTest.java:7)",
                        "    ... 3 frames of JUnit and the JDK",
                        "    at app//dev.chaostest.junit5.internal.ChaosExtension.proceed(ChaosExtension.java:83)",
                        "    at org.junit.jupiter.engine.Some.thing(Some.java:1)",
                        "Caused by: java.lang.IllegalStateException: why",
                        "    ... 3 frames of JUnit and the JDK");
    }

    @Test
    void aLineOfSlashesIsNoFrameAndIsToldApartAtOnce() {
        List<String> banner =
                List.of("    at " + "/".repeat(1_000) + " here", "    at " + "a/".repeat(1_000) + " here");

        assertThat(assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Frames.folded(banner)))
                .isEqualTo(banner);
    }

    @Test
    void aFrameWithoutSourceSaysSo() {
        assertThat(Frames.of(new StackTraceElement("com.example.Bank$$Lambda", "run", null, -1)))
                .isEqualTo("    at com.example.Bank$$Lambda.run(Unknown Source)");
    }
}
