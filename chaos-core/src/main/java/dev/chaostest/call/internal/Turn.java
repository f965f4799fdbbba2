// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Trigger;
import java.time.Duration;

/**
 * A hit as a {@link Part} sees it: with numbers and a clock of its own.
 *
 * @param whole the hit as the whole sees it
 * @param nth the how many-th hit that came to the part
 * @param struck how often the part struck before
 * @param elapsed how long since the part began
 * @param part the number of the part
 */
record Turn(Trigger.Occasion whole, long nth, long struck, Duration elapsed, int part) implements Trigger.Occasion {

    /** The number of who draws for itself, and not for a part. */
    static final int OWN = 15;

    /** Odd, so that however deep a part is, nothing of a number is shifted out; with its bits spread, no two meet. */
    private static final int SPREAD = 0x9e3779b1;

    @Override
    public double draw() {
        return draw(0);
    }

    /** The number of each part goes into the draw's, so that no two parts of parts share a draw. */
    @Override
    public double draw(int number) {
        return whole.draw(number * SPREAD + part);
    }

    @Override
    public Hit hit() {
        return whole.hit();
    }

    @Override
    public Detail detail() {
        return whole.detail();
    }
}
