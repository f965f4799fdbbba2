// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/**
 * Says where one rule struck once, in numbers that are the same in every run.
 *
 * <p>Site and lane are told by a hash of their names, so that many of them fit into one line and none of them can hold
 * what a test works with.
 *
 * <pre>{@code
 * FiredAt third = FiredAt.of(0, new Hit(site, lane, 3));
 * FiredAt gentler = third.halved();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param rule the place of the rule among those of the scope, from 0
 * @param site the {@linkplain #hash hash} of the site
 * @param lane the {@linkplain #hash hash} of the lane's name
 * @param nth the how many-th hit of that lane at that site, from 1
 * @param halvings how often the fault's length is halved; 0 as planned, at most {@value #HALVINGS_MAX}
 * @since 0.1
 */
public record FiredAt(int rule, int site, int lane, long nth, int halvings) {

    /** A day is a millisecond by then. */
    static final int HALVINGS_MAX = 30;

    public FiredAt {
        if (rule < 0 || nth < 1 || halvings < 0 || halvings > HALVINGS_MAX) {
            throw new IllegalArgumentException("a decision must name a rule from 0, a hit from 1 and 0 to "
                    + HALVINGS_MAX + " halvings, but named " + rule + ", " + nth + " and " + halvings
                    + ". Take what a run has fired.");
        }
    }

    /** What is told of a hit at which that rule struck. */
    public static FiredAt of(int rule, Hit hit) {
        return new FiredAt(rule, hash(hit.site().toString()), hash(hit.lane().name()), hit.nth(), 0);
    }

    /** As this, but for another hit of the same lane at the same site. */
    public FiredAt movedTo(long hit) {
        return new FiredAt(rule, site, lane, hit, halvings);
    }

    /** As this, with half the fault's length. */
    public FiredAt halved() {
        return new FiredAt(rule, site, lane, nth, halvings + 1);
    }

    /** A number that stands for a text: the same in every JVM. */
    public static int hash(String text) {
        long hash = Seed.hash(text);
        return (int) (hash ^ (hash >>> 32));
    }
}
