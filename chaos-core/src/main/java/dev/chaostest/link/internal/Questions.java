// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.link.toxic.LinkTarget.Age;
import dev.chaostest.link.toxic.LinkTarget.Part;
import dev.chaostest.link.toxic.Refuse;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.mount.Strike;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Site;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** What the plan is asked about the connections of one link; for use under the lock of the relay. */
final class Questions {

    private final String link;
    private final Mount mount;
    /** Where an open connection is; the whole first, so that a rule about all of it is asked once. */
    private final List<Site> sites;

    Questions(String link, Mount mount) {
        this.link = link;
        this.mount = mount;
        this.sites = List.of(Part.WHOLE.of(link), Part.TO_SERVER.of(link), Part.TO_CLIENT.of(link));
    }

    /** Asks about a connection that is new; false if it is refused. */
    boolean admits(Connection connection) {
        Round round = mount.armed();
        if (round == null) {
            return true;
        }
        Lane lane = newLane(round);
        Strike strike = round.at(LinkTarget.connect(link), lane, Age.NEW, connection::text, Set.of());
        if (strike != null && strike.first(Refuse.class).isPresent()) {
            return false;
        }
        connection.ask(round, sites, lane, Age.NEW);
        return true;
    }

    /** Asks about connections that are there, in the order of opening. */
    void askLive(Round round, Collection<Connection> connections) {
        for (Connection connection : connections) {
            Lane lane = connection.isAsked(round) ? connection.lane() : newLane(round);
            connection.ask(round, sites, lane, Age.LIVE);
        }
    }

    private Lane newLane(Round round) {
        return round.newLane(link + "-connection");
    }
}
