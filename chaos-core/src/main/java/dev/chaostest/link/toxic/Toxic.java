// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.When;

/**
 * What happens to an open connection of a link, in one direction or in both.
 *
 * <p>It is decided once for each connection, before the first byte of a new one; whether it <em>struck</em> shows when
 * there is something to strike.
 *
 * @since 0.1
 */
public interface Toxic extends Fault {

    /**
     * What it does in one direction of one connection, from now on.
     *
     * @param draws for what it leaves open
     */
    Stage stage(Draws draws);

    @Override
    default When strikes() {
        return When.BEFORE;
    }

    @Override
    default boolean endsTheCall() {
        return false;
    }

    /** Not where a client only arrives. */
    @Override
    default boolean isPossibleAt(Site site) {
        return !LinkTarget.isConnect(site);
    }
}
