// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.postgres.wire.Sabotage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One sabotage, and what became of it: said once. */
final class Deed {

    private static final Pattern NO_ROWS = Pattern.compile("(INSERT 0|UPDATE|DELETE|MERGE) 0");

    private final Blow blow;
    private boolean told;
    private boolean changedNothing;

    Deed(Blow blow) {
        this.blow = blow;
    }

    Sabotage what() {
        return (Sabotage) blow.fault();
    }

    boolean isTold() {
        return told;
    }

    /** What the statement that is sabotaged said, as its tag. */
    void answeredWith(String tag) {
        Matcher nothing = NO_ROWS.matcher(tag);
        changedNothing = nothing.matches();
    }

    void done() {
        tell(changedNothing ? Sabotage.WITHOUT_EFFECT : Sabotage.DONE);
    }

    /** It was done, and the server would not have it. */
    void refusedWith(String state) {
        tell(Sabotage.DONE + ", and the server answered " + state);
    }

    void notDone(String why) {
        tell("not done: " + why);
    }

    private void tell(String answer) {
        if (!told) {
            told = true;
            blow.answered(answer);
        }
    }
}
