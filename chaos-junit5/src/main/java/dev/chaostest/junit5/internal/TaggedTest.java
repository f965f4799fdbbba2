// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.plan.ChaosException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A test and its tags, those of its classes included.
 *
 * @param name {@code TransferTest.noFailureLosesMoney}
 * @param isChaosTest whether it must have a category
 * @param tags those that begin with {@code chaos-}
 */
record TaggedTest(String name, boolean isChaosTest, SortedSet<String> tags) {

    private static final int SHOWN = 50;

    static TaggedTest of(String name, boolean isChaosTest, Collection<String> tags) {
        return new TaggedTest(
                name,
                isChaosTest,
                tags.stream()
                        .filter(tag -> tag.startsWith(Category.PREFIX))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /**
     * Refuses tests without a category, with several, or with a tag that looks like one.
     *
     * @throws ChaosException with all of them
     */
    static void requireCategories(Collection<TaggedTest> tests) {
        List<String> problems =
                tests.stream().flatMap(test -> test.problem().stream()).sorted().toList();
        if (problems.isEmpty()) {
            return;
        }
        int more = problems.size() - SHOWN;
        throw new ChaosException("Each @ChaosTest must have exactly one category, and a tag that begins with "
                + Category.PREFIX + " must be one, but "
                + (problems.size() == 1
                        ? "that does not hold for one test"
                        : "that does not hold for " + problems.size() + " tests")
                + ". Put one of these tags on the method or on its class; a tag on the method is added to those of the "
                + "class, it does not replace them."
                + problems.stream()
                        .limit(SHOWN)
                        .map(problem -> "\n  " + problem)
                        .collect(Collectors.joining())
                + (more > 0 ? "\n  and " + more + " more" : "")
                + Arrays.stream(Category.values())
                        .map(Category::annotation)
                        .collect(Collectors.joining("\n            ", "\n  choose  : ", "")));
    }

    private Optional<String> problem() {
        Optional<String> unknown =
                tags.stream().filter(tag -> Category.of(tag).isEmpty()).findFirst();
        if (unknown.isPresent()) {
            return Optional.of("unknown : " + name + " has " + unknown.get() + "; did you mean "
                    + Category.nearest(unknown.get()).annotation() + "? A tag of yours must begin otherwise.");
        }
        if (!isChaosTest || tags.size() == 1) {
            return Optional.empty();
        }
        return Optional.of(
                tags.isEmpty() ? "none    : " + name : "several : " + name + " has " + String.join(", ", tags));
    }
}
