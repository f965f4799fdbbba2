// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The command that runs one test again, in the build tool that runs it now. */
final class CommandLine {

    private CommandLine() {}

    /** The command that replays a test with this token. */
    static String of(ExtensionContext context, String token) {
        String type = context.getRequiredTestClass().getName();
        String method = context.getRequiredTestMethod().getName();
        if (System.getProperty("org.gradle.test.worker") != null) {
            // A -D is for Gradle's own JVM; the environment reaches the one that runs the tests.
            return "CHAOS_REPLAY=" + token + " ./gradlew test --tests " + quoted(type + "." + method);
        }
        String simple = type.substring(type.lastIndexOf('.') + 1);
        return "mvn test -Dtest=" + quoted(simple + "#" + method) + " -Dchaos.replay=" + token + otherModules();
    }

    /** From the root of a build with several modules, those without this test would fail. */
    private static String otherModules() {
        String module = System.getProperty("basedir");
        boolean hasParent = module != null && Files.exists(Path.of(module, "..", "pom.xml"));
        return hasParent ? " -Dsurefire.failIfNoSpecifiedTests=false" : "";
    }

    /** A nested class has a dollar sign, a Kotlin test has spaces: a shell would take them for something else. */
    private static String quoted(String test) {
        return test.matches("[\\w.#]+") ? test : "'" + test.replace("'", "'\\''") + "'";
    }
}
