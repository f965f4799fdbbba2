// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import java.util.List;

/**
 * A part of a report.
 *
 * @param title its heading
 * @param lines its text
 */
public record Section(String title, List<String> lines) {

    public Section {
        lines = List.copyOf(lines);
    }

    /** A part with these lines. */
    public static Section of(String title, String... lines) {
        return new Section(title, List.of(lines));
    }
}
