// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/**
 * One arrival at a site.
 *
 * @param site where
 * @param lane on which stream of arrivals
 * @param nth the how many-th arrival of that lane at that site, from 1
 * @since 0.1
 */
public record Hit(Site site, Lane lane, long nth) {
    @Override
    public String toString() {
        return site + ", " + nth + ordinal(nth) + " on lane " + lane;
    }

    private static String ordinal(long n) {
        if (n % 100 >= 11 && n % 100 <= 13) {
            return "th";
        }
        return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
    }
}
