// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The longest rising part of some numbers, by patience: a pile's top remembers the top of the pile before it. */
final class Rise {

    private final List<Step> tops = new ArrayList<>();

    private Rise() {}

    private record Step(int number, @Nullable Step before) {}

    static Collection<Integer> longest(List<Integer> numbers) {
        Rise rise = new Rise();
        numbers.forEach(rise::put);
        Deque<Integer> longest = new ArrayDeque<>();
        Step step = rise.tops.isEmpty() ? null : rise.tops.get(rise.tops.size() - 1);
        for (; step != null; step = step.before()) {
            longest.addFirst(step.number());
        }
        return longest;
    }

    private void put(int number) {
        int pile = firstNotBelow(number);
        Step step = new Step(number, pile == 0 ? null : tops.get(pile - 1));
        if (pile == tops.size()) {
            tops.add(step);
        } else {
            tops.set(pile, step);
        }
    }

    private int firstNotBelow(int number) {
        int low = 0;
        int high = tops.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tops.get(middle).number() < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
