// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import org.junit.jupiter.api.extension.ExtensionContext;

/** The command that runs one test again, in the build tool that runs it now. */
final class CommandLine {

    private CommandLine() {}

    static String of(ExtensionContext context) {
        String type = context.getRequiredTestClass().getName();
        String method = context.getRequiredTestMethod().getName();
        if (System.getProperty("org.gradle.test.worker") != null) {
            return "./gradlew test --tests " + quoted(type + "." + method);
        }
        String simple = type.substring(type.lastIndexOf('.') + 1);
        return "mvn test -Dtest=" + quoted(simple + "#" + method);
    }

    /** A nested class has a dollar sign, which a shell would take for a variable. */
    private static String quoted(String test) {
        return test.indexOf('$') < 0 ? test : "'" + test + "'";
    }
}
