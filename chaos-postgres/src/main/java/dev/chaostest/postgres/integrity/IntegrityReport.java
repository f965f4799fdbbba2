// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds what an examination of a schema found.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param findings at most {@value #FINDINGS_MAX}, by kind, then by name
 * @param unchecked what could not be looked at, and why: one sentence each. A test that must not miss anything also calls
 *     {@link #assertComplete}
 * @since 0.1
 */
public record IntegrityReport(List<Finding> findings, List<String> unchecked) {

    /** How many findings are kept. */
    public static final int FINDINGS_MAX = 1_000;

    public IntegrityReport {
        findings = List.copyOf(findings);
        unchecked = List.copyOf(unchecked);
    }

    IntegrityReport and(IntegrityReport other) {
        return new IntegrityReport(
                Stream.concat(findings.stream(), other.findings.stream())
                        .limit(FINDINGS_MAX)
                        .toList(),
                Stream.concat(unchecked.stream(), other.unchecked.stream())
                        .limit(FINDINGS_MAX)
                        .toList());
    }

    /** Whether nothing was found. */
    public boolean isSound() {
        return findings.isEmpty();
    }

    /** The findings of one kind. */
    public <F extends Finding> List<F> findings(Class<F> kind) {
        return findings.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /**
     * Checks that everything was looked at: that the role may read all of it, that no statement took too long, and that
     * there is nothing that is not looked at in general, such as an exclusion constraint.
     *
     * @throws AssertionError if something was not; the message lists it
     */
    public void assertComplete() {
        if (!unchecked.isEmpty()) {
            throw new AssertionError("Everything must be looked at, but " + unchecked.size()
                    + (unchecked.size() == 1 ? " thing was" : " things were")
                    + " not. Check as the tables' owner, end what locks them, or leave assertComplete out."
                    + unchecked.stream()
                            .map(sentence -> "\n  not checked: " + sentence)
                            .collect(Collectors.joining()));
        }
    }

    /**
     * Checks that nothing was found; not that everything was looked at, which {@link #assertComplete} does.
     *
     * @throws AssertionError if something was; the message lists it
     */
    public void assertSound() {
        if (!isSound()) {
            throw new AssertionError("The data must keep what their schema promises, but " + findings.size()
                    + (findings.size() == 1 ? " promise is" : " promises are")
                    + " broken. Find who wrote these rows, or "
                    + "switched the check off."
                    + describe().stream().map(line -> "\n  " + line).collect(Collectors.joining()));
        }
    }

    /** One line for each finding, and for each thing that was not looked at. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        findings.forEach(finding -> lines.add(finding.toString()));
        unchecked.forEach(sentence -> lines.add("not checked: " + sentence));
        return lines;
    }
}
