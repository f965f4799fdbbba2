// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import java.util.List;
import java.util.Optional;

/**
 * A part of a report.
 *
 * @param title its heading
 * @param lines its text
 * @param svg the same as a picture, for a file of its own
 */
public record Section(String title, List<String> lines, Optional<String> svg) {

    public Section {
        lines = List.copyOf(lines);
    }

    /** A part without a picture. */
    public Section(String title, List<String> lines) {
        this(title, lines, Optional.empty());
    }

    /** A part with these lines. */
    public static Section of(String title, String... lines) {
        return new Section(title, List.of(lines));
    }
}
