// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns a level up and down: the next strength is there before the one before it goes. On the schedule's thread. */
final class Dial {

    private final Part part;
    private final Level level;
    private final Undo undo;
    private @Nullable Opened current;
    private double strength;

    Dial(Part part, Level level, Undo undo) {
        this.part = part;
        this.level = level;
        this.undo = undo;
    }

    void turn(double to, String step) throws Exception {
        if (to != strength) {
            Opened next = to == 0 ? null : undo.open(level.name() + " at " + print(to), () -> level.at(to));
            Opened previous = current;
            current = next;
            strength = to;
            if (previous != null) {
                undo.close(previous);
            }
        }
        String text = print(to) + ", " + step;
        if (to == 0) {
            part.idleStep(text); // where it goes up from 0, there was no fault yet
        } else {
            part.step(text);
        }
        if (to != 0 && !level.isAt(to)) {
            throw new ScheduleError("Schedule \"" + part.name() + "\" must have an effect, but " + level.name()
                    + " was not seen at " + print(to) + ". Check that the fault reaches what isAt looks at.");
        }
    }

    void off() throws Exception {
        if (current != null) {
            undo.close(current);
            current = null;
        }
        strength = 0;
        part.step("ends");
    }

    private static String print(double strength) {
        String text = String.format(Locale.ROOT, "%.3f", strength);
        return text.replaceAll("\\.?0+$", "");
    }
}
