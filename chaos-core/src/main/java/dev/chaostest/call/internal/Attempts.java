// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Some attempts by number.
 *
 * @param planned what happens at which; what lies between them is healthy
 * @param then what happens at all after the last of them
 */
public record Attempts(SortedMap<Long, Fault> planned, Fault then) implements OneOf {

    private static final Healthy BETWEEN = new Healthy();

    public Attempts {
        planned = Collections.unmodifiableSortedMap(new TreeMap<>(planned));
    }

    @Override
    public List<Fault> alternatives() {
        List<Fault> all = new ArrayList<>(planned.values());
        all.add(then);
        if (planned.lastKey() > planned.size()) {
            all.add(BETWEEN);
        }
        return all;
    }

    @Override
    public Course course() {
        Map<Long, Part> parts = new HashMap<>();
        planned.forEach((nth, fault) -> parts.put(nth, new Part(fault)));
        Part between = new Part(BETWEEN);
        Part after = new Part(then);
        List<Part> all = new ArrayList<>(parts.values());
        all.add(after);
        return new Chosen(
                all,
                occasion -> occasion.nth() > planned.lastKey() ? after : parts.getOrDefault(occasion.nth(), between));
    }

    @Override
    public boolean isCounted() {
        return true;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        planned.forEach((nth, fault) ->
                text.append("at attempt ").append(nth).append(' ').append(fault).append(", "));
        return text.append("then ").append(then).toString();
    }
}
