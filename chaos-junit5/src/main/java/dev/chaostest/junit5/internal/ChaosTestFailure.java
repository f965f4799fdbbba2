// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import java.util.Objects;
import org.opentest4j.AssertionFailedError;

/**
 * A failed test with what was injected. Has the stack trace of what the test threw, which is the cause too, and its
 * expected and actual values, so that an IDE shows the difference.
 */
final class ChaosTestFailure extends AssertionFailedError {
    private static final long serialVersionUID = 1L;
    /** Causes can go round in a circle. */
    private static final int CAUSES_MAX = 50;

    private ChaosTestFailure(String message, Throwable thrown) {
        super(message, thrown);
        setStackTrace(thrown.getStackTrace());
    }

    private ChaosTestFailure(String message, AssertionFailedError thrown) {
        super(message, thrown.getExpected(), thrown.getActual(), thrown);
        setStackTrace(thrown.getStackTrace());
    }

    /** What a person reads first. */
    static String message(String title, Throwable thrown, String report) {
        return title + headline(thrown) + report;
    }

    static ChaosTestFailure of(Throwable thrown, String message) {
        return thrown instanceof AssertionFailedError assertion && assertion.isExpectedDefined()
                ? new ChaosTestFailure(message, assertion)
                : new ChaosTestFailure(message, thrown);
    }

    private static String headline(Throwable thrown) {
        String text = messageOf(thrown).strip();
        if (thrown instanceof AssertionError && !text.isEmpty()) {
            return text;
        }
        Throwable root = rootOf(thrown);
        String because = root == thrown || text.contains(messageOf(root))
                ? ""
                : "\n  because  : " + root.getClass().getSimpleName() + ": " + messageOf(root);
        return thrown.getClass().getSimpleName() + ": " + text + because;
    }

    /** It may be computed, and fail: the failure of the test is what a person must see. */
    private static String messageOf(Throwable thrown) {
        try {
            return Objects.requireNonNullElse(thrown.getMessage(), "");
        } catch (RuntimeException e) {
            return "(its message can't be read: " + e.getClass().getSimpleName() + ")";
        }
    }

    private static Throwable rootOf(Throwable thrown) {
        Throwable root = thrown;
        for (int depth = 0; depth < CAUSES_MAX && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        return root;
    }
}
