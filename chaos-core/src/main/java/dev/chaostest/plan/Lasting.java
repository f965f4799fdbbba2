// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.List;

/**
 * An arrival that lasts, such as an open connection: each rule is asked about it once, also one that is added later.
 *
 * <p>It may be at several sites at once, such as a whole connection and each of its directions. A rule is asked at the
 * first of them that it matches, so one that is about all of them does not strike several times.
 *
 * <p>{@link Decisions#lasting} makes it. For use by one thread at a time.
 *
 * @since 0.1
 */
public final class Lasting {

    private final List<Hit> hits;
    private int asked;
    private boolean ended;

    Lasting(List<Hit> hits) {
        this.hits = List.copyOf(hits);
    }

    List<Hit> hits() {
        return hits;
    }

    /** How many rules were asked so far. */
    int asked() {
        return asked;
    }

    void askedUpTo(int rules) {
        asked = rules;
    }

    boolean isEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }
}
