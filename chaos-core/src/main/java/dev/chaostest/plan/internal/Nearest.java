// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan.internal;

import java.util.Collection;
import java.util.Comparator;

/** Finds the name that was probably meant, by the Levenshtein distance. */
public final class Nearest {

    private static final int TYPO_MAX = 2;

    private Nearest() {}

    /** The nearest of the names; there must be one. */
    public static String of(String name, Collection<String> names) {
        return names.stream()
                .min(Comparator.comparingInt((String other) -> distance(name, other))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow(() -> new IllegalArgumentException("names must not be empty, but were."));
    }

    /** Whether the name is one of the names but for a slip or two. */
    public static boolean isTypo(String name, Collection<String> names) {
        return names.stream().anyMatch(other -> distance(name, other) <= TYPO_MAX);
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
