// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.work.Classifier;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.Callable;

/** Throws what it is given, one after another; then succeeds. */
final class Flaky implements Callable<String> {

    /** What the tests of this package take for worth a retry. */
    static final Classifier REFUSED = Classifier.of("refused", ConnectException.class);

    private final Queue<Throwable> failures;
    private int calls;

    Flaky(Throwable... failures) {
        this.failures = new ArrayDeque<>(Arrays.asList(failures));
    }

    /** Is refused so many times. */
    static Flaky refused(int times) {
        Flaky flaky = new Flaky();
        for (int i = 1; i <= times; i++) {
            flaky.failures.add(new ConnectException("refused " + i));
        }
        return flaky;
    }

    @Override
    public String call() throws Exception {
        calls++;
        Throwable failure = failures.poll();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (Exception) failure;
        }
        return "done";
    }

    int calls() {
        return calls;
    }
}
