// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import java.util.List;
import java.util.Set;

/**
 * Something that a test uses, and that can say in which state it is. It is asked on a thread of its own, with a deadline;
 * whatever it throws becomes a line of the report.
 */
public interface Witness {

    /** What it is called in the report: "PostgreSQL". */
    String name();

    /**
     * Says what it sees now. When the test has timed out, also ends what the test has running there, and says so in the
     * first section.
     */
    List<Section> testify(Occasion occasion) throws Exception;

    /** Looks before the things that the test waits for give up by themselves; it may be too late at the failure. */
    default void lookAhead() throws Exception {}

    /** What it is made of, with versions, one {@code name version} each; after it testified. */
    default List<String> versions() {
        return List.of();
    }

    /** What must not stand in any report. */
    default Set<String> secrets() {
        return Set.of();
    }
}
