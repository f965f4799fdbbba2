// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Lasting;
import java.util.List;

/**
 * Something that stays where faults can meet it, such as an open connection; each rule is asked about it once.
 *
 * <p>For use by one thread at a time.
 *
 * @since 0.1
 */
public final class Standing {

    private final Round round;
    private final Lasting lasting;

    Standing(Round round, Lasting lasting) {
        this.round = round;
        this.lasting = lasting;
    }

    /** Whose plan is asked. */
    public Round round() {
        return round;
    }

    /**
     * Asks the rules that were not asked yet. What they say is decided, but not in the ledger: it has not struck.
     *
     * @param detail what is known about it now
     */
    public List<Pending> ask(Detail detail) {
        return round.ask(lasting, detail);
    }
}
