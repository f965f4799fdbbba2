// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a link writes down what happens to it. */
record Notes(String link, Mount mount) {

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    /** Writes a line into the ledger of the round that is armed, else into the log. */
    void note(String text) {
        Round round = mount.armed();
        if (round != null) {
            round.ledger().noted(text);
        } else {
            LOG.info("{}", text);
        }
    }

    void debug(String what, IOException cause) {
        LOG.debug("link {}: {}: {}", link, what, cause.toString());
    }
}
