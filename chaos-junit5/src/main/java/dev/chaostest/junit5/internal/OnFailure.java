// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What is asked when a test has failed, for its report. None of it ever fails a test. */
final class OnFailure {

    private final List<Supplier<List<String>>> actions = new ArrayList<>();

    void add(Supplier<List<String>> action) {
        actions.add(action);
    }

    /** What all of them say, in the order in which they were added. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Supplier<List<String>> action : actions) {
            try {
                lines.addAll(action.get());
            } catch (RuntimeException e) { // the test's own failure is what a person must see
                lines.add("not kept : " + e.getMessage());
            }
        }
        return lines;
    }
}
