// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.util.ArrayList;
import java.util.List;

/** Two transcripts side by side: what both have, what only the first has (-), what only the second has (+). */
final class Diff {

    private static final int AROUND = 3;
    private static final int LINES_MAX = 1_000;

    private Diff() {}

    static List<String> of(List<String> first, List<String> second) {
        int same = 0;
        while (same < Math.min(first.size(), second.size()) && first.get(same).equals(second.get(same))) {
            same++;
        }
        int from = Math.max(0, same - AROUND);
        return near(lines(bounded(first, from), bounded(second, from)));
    }

    private static List<String> bounded(List<String> lines, int from) {
        return lines.subList(from, Math.min(lines.size(), from + LINES_MAX));
    }

    private static List<String> lines(List<String> first, List<String> second) {
        int[][] common = common(first, second);
        List<String> all = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < first.size() || j < second.size()) {
            if (i < first.size() && j < second.size() && first.get(i).equals(second.get(j))) {
                all.add("  " + first.get(i++));
                j++;
            } else if (j == second.size() || (i < first.size() && common[i + 1][j] >= common[i][j + 1])) {
                all.add("- " + first.get(i++));
            } else {
                all.add("+ " + second.get(j++));
            }
        }
        return all;
    }

    /** How long the longest common part is from here to the end. */
    private static int[][] common(List<String> first, List<String> second) {
        int[][] length = new int[first.size() + 1][second.size() + 1];
        for (int i = first.size() - 1; i >= 0; i--) {
            for (int j = second.size() - 1; j >= 0; j--) {
                length[i][j] = first.get(i).equals(second.get(j))
                        ? length[i + 1][j + 1] + 1
                        : Math.max(length[i + 1][j], length[i][j + 1]);
            }
        }
        return length;
    }

    /** Leaves out what is far from every difference. */
    private static List<String> near(List<String> all) {
        List<String> near = new ArrayList<>();
        int left = 0;
        for (int n = 0; n < all.size(); n++) {
            int from = Math.max(0, n - AROUND);
            int to = Math.min(all.size(), n + AROUND + 1);
            if (all.subList(from, to).stream().allMatch(line -> line.startsWith("  "))) {
                left++;
            } else {
                if (left > 0) {
                    near.add("  ... " + left + " equal lines");
                }
                left = 0;
                near.add(all.get(n));
            }
        }
        if (left > 0) {
            near.add("  ... " + left + " equal lines");
        }
        return near;
    }
}
