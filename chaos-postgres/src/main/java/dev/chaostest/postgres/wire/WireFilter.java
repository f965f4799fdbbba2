// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Filter;
import dev.chaostest.link.Steps;
import dev.chaostest.mount.Mount;
import dev.chaostest.plan.ChaosException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Understands one connection of a PostgreSQL client, asks the plan at each statement and carries out what strikes.
 *
 * <p>Source: PostgreSQL protocol 3.0 and 3.2.
 */
final class WireFilter implements Filter {

    private final Session session;
    private final Framer client;
    private final Framer server;
    private @Nullable Steps steps;
    private boolean cut;

    WireFilter(Mount mount) {
        this.session = new Session(this, mount);
        this.client = new Framer(new Frontend(session), false);
        this.server = new Framer(new Backend(session), true);
    }

    @Override
    public void fromClient(ByteBuffer bytes, Steps out) {
        steps = out;
        try {
            client.feed(bytes, part -> {
                if (!cut) {
                    out.toServer(part);
                }
            });
        } finally {
            steps = null;
        }
    }

    @Override
    public void fromServer(ByteBuffer bytes, Steps out) {
        steps = out;
        try {
            server.feed(bytes, part -> {
                if (!cut) {
                    out.toClient(part);
                }
            });
        } finally {
            steps = null;
        }
    }

    @Override
    public void closed() {
        session.closed();
    }

    /** What is to be done; only while bytes are fed. */
    Steps steps() {
        Steps now = steps;
        if (now == null) {
            throw new ChaosException("A step must be taken while bytes are fed, but was taken later. Report this.");
        }
        return now;
    }

    /** The startup packet has passed. */
    void typed() {
        client.typed();
    }

    /** The connection speaks something else from here on. */
    void opaque() {
        client.opaque();
        server.opaque();
    }

    /** The filter asked for a cut: nothing that follows is said or counted. */
    void cut() {
        cut = true;
    }

    boolean isCut() {
        return cut;
    }
}
