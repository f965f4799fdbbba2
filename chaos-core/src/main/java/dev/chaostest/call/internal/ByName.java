// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Trigger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * To each name its own, with its own state; also to those that share what others get.
 *
 * @param kind what is looked at
 * @param named what happens by name
 * @param otherwise what happens to all others
 */
public record ByName(Kind kind, SortedMap<String, Fault> named, Fault otherwise) implements OneOf {

    private static final int NAMES_MAX = 100_000;

    /** What a name is of. */
    public enum Kind {
        /** What the call is about. */
        KEY,
        /** The called method. */
        METHOD;

        private @Nullable String of(Trigger.Occasion occasion) {
            String site = occasion.hit().site().name();
            return this == KEY ? occasion.detail().key() : site.substring(site.lastIndexOf('.') + 1);
        }

        @Override
        public String toString() {
            return this == KEY ? "key" : "method";
        }
    }

    public ByName {
        if (named.isEmpty()) {
            throw new IllegalArgumentException("what happens by " + kind + " must be said for one " + kind
                    + " at least, but the map is empty. Use the other behaviour alone.");
        }
        named = Collections.unmodifiableSortedMap(new TreeMap<>(named));
        named.forEach((name, fault) -> Carried.require("what happens to " + name, fault));
        Carried.require("what happens otherwise", otherwise);
    }

    @Override
    public List<Fault> alternatives() {
        List<Fault> all = new ArrayList<>(named.values());
        all.add(otherwise);
        return all;
    }

    @Override
    public Course course() {
        return new Named();
    }

    private final class Named implements Course {
        private final Map<String, Part> parts = new HashMap<>();
        private final Part nameless = new Part(otherwise);

        @Override
        public List<Fault> next(Trigger.Occasion occasion) {
            String name = kind.of(occasion);
            return (name == null ? nameless : parts.computeIfAbsent(name, key -> part(key, parts.size())))
                    .next(occasion);
        }

        /** Which of them a rule for each key meets is the key's, so none but those that came could strike. */
        @Override
        public boolean canStrike() {
            return nameless.couldStrike() || parts.values().stream().anyMatch(Part::couldStrike);
        }
    }

    private Part part(String name, int known) {
        if (known >= NAMES_MAX) {
            throw new ChaosException("a behaviour by " + kind + " must see at most " + NAMES_MAX + " of them, but \""
                    + name + "\" is one more. Let several calls share a key.");
        }
        return new Part(named.getOrDefault(name, otherwise));
    }

    @Override
    public String toString() {
        return "by " + kind + " " + named + ", otherwise " + otherwise;
    }
}
