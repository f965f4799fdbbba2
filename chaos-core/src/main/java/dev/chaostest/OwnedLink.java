// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import dev.chaostest.link.TcpLink;

/** A link that a scope has opened: its residue is checked, it ends with the scope, and its outages with the scope's faults. */
final class OwnedLink {

    private OwnedLink() {}

    /** Hands it over and arms it; closes it if the scope takes nothing more. */
    static TcpLink of(ChaosScope scope, String name, TcpLink link) {
        try {
            scope.checkResidue("threads, connections or ports of link " + name, link::residue);
        } catch (RuntimeException closedAlready) {
            link.close();
            throw closedAlready;
        }
        scope.own("link " + name, link);
        scope.round().whenOver(() -> undo(link));
        scope.arm(link.mount());
        return link;
    }

    /** To heal is to undo what was done by hand, too. */
    private static void undo(TcpLink link) {
        link.release();
        link.repair();
        link.restore();
    }
}
