// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import java.util.Arrays;
import java.util.List;

/**
 * In which way a test was red: what was thrown, what had caused it, and from which line of the test. Not the message, which
 * holds values of one run.
 */
record FailureKind(String thrown, String root, String line) {

    private static final int CAUSES_MAX = 50;

    /** @param test the class whose lines tell failures apart */
    static FailureKind of(Throwable thrown, Class<?> test) {
        Throwable root = thrown;
        for (int depth = 0; depth < CAUSES_MAX && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        List<StackTraceElement> frames = Arrays.asList(thrown.getStackTrace());
        String line = frames.stream()
                .filter(frame -> frame.getClassName().startsWith(test.getName()))
                .findFirst()
                .map(frame -> frame.getMethodName() + ":" + frame.getLineNumber())
                .orElse("");
        return new FailureKind(
                thrown.getClass().getSimpleName(), root.getClass().getSimpleName(), line);
    }

    @Override
    public String toString() {
        return thrown + (root.equals(thrown) ? "" : ", because of " + root) + (line.isEmpty() ? "" : ", at " + line);
    }
}
