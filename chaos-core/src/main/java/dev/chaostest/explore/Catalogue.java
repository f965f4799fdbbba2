// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Site;
import java.util.Optional;
import java.util.Set;

/**
 * What can happen at the sites of some seams. Each technology has its own.
 *
 * @since 0.1
 */
public interface Catalogue {

    /** What arrivals at a site mean to a sweep. */
    enum Role {
        /** Each is a point. */
        POINT,
        /** Arrivals that follow each other on a lane are one point. */
        STREAM,
        /** No point, but it tells about those behind it. */
        CONTEXT,
        /** Not ours, or nothing that a fault should hit. */
        NONE
    }

    /** What arrivals at this site mean; the same every time. */
    Role role(Site site);

    /** A short name for a site, as a user would say it: {@code UPDATE account}. */
    String naming(Site site);

    /** The {@linkplain Candidate#name names} of all its faults. */
    Set<String> names();

    /**
     * What can happen at a point.
     *
     * @param point one of those that the round has recorded
     * @param round all of them, in order
     */
    Possible at(Point point, Recorded round);

    /**
     * Whether an exception is what the code under test got for a fault, itself and not its cause.
     *
     * @param fired the fault as it struck
     * @param answer what came back for it, if that was seen
     */
    boolean isInjected(Throwable thrown, LedgerEntry.Fired fired, Optional<String> answer);
}
