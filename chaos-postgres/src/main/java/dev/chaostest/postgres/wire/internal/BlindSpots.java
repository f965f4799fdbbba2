// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Tally;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import dev.chaostest.postgres.wire.sql.internal.WireSites;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections of one mount into which no rule can look, since they are encrypted. A round that has a rule that must is red,
 * and says why: as soon as there are both.
 */
public final class BlindSpots {

    private static final Set<String> SEAMS = Set.of(SqlSites.SEAM, WireSites.SEAM);

    private final Mount mount;
    private final String thing;
    private final Set<Encryption> open = ConcurrentHashMap.newKeySet();

    /** @param thing what the connections are of, in words that a user knows */
    public BlindSpots(Mount mount, String thing) {
        this.mount = mount;
        this.thing = thing;
        mount.whenArmed(round -> {
            round.whenAdded(() -> tell(round));
            tell(round);
        });
    }

    void add(Encryption connection) {
        open.add(connection);
        Round round = mount.armed();
        if (round != null) {
            tell(round);
        }
    }

    void remove(Encryption connection) {
        open.remove(connection);
    }

    private void tell(Round round) {
        if (open.isEmpty() || mount.armed() != round) {
            return;
        }
        round.decisions().tallies().stream()
                .map(Tally::rule)
                .filter(rule -> rule.canStrike() && SEAMS.contains(rule.target().seam()))
                .forEach(rule -> round.unseen(rule, why()));
    }

    private String why() {
        return "a client of " + thing
                + " encrypts, so that nobody can look inside. Have it connect without: sslmode=disable "
                + "and gssencmode=disable for libpq, sslmode=disable and gssEncMode=disable for JDBC. Where the server "
                + "insists on TLS, use JDBC with the properties of WireMount.propertiesAboveTls, which look inside.";
    }
}
