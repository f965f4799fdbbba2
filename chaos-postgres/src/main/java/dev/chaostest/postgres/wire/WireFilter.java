// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Filter;
import dev.chaostest.link.Steps;
import dev.chaostest.mount.Mount;
import dev.chaostest.plan.ChaosException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Understands one connection of a PostgreSQL client, asks the plan at each statement and carries out what strikes.
 *
 * <p>Source: PostgreSQL protocol 3.0 and 3.2.
 */
final class WireFilter implements Filter {

    private static final int AHEAD_MAX = 64 * 1024;

    private final Session session;
    private final Framer client;
    private final Framer server;
    private @Nullable Steps steps;
    private boolean cut;
    private boolean keeping;

    /** Parse, Bind and Describe of a statement whose Execute is still to come. */
    private final List<ByteBuffer> ahead = new ArrayList<>();

    WireFilter(Mount mount) {
        this.session = new Session(this, mount);
        this.client = new Framer(new Frontend(session), false);
        this.server = new Framer(new Backend(session), true);
    }

    @Override
    public void fromClient(ByteBuffer bytes, Steps out) {
        steps = out;
        try {
            client.feed(bytes, part -> passToServer(part, out));
            keepNoView();
        } finally {
            steps = null;
        }
    }

    private void passToServer(ByteBuffer part, Steps out) {
        if (keeping) {
            ahead.add(part);
        } else if (!cut) {
            out.toServer(part);
        }
    }

    /** What is kept beyond this piece must not point into it; too much of it goes on. */
    private void keepNoView() {
        if (ahead.stream().mapToInt(ByteBuffer::remaining).sum() > AHEAD_MAX) {
            goOn();
        }
        ahead.replaceAll(part -> ByteBuffer.allocate(part.remaining()).put(part).flip());
    }

    /**
     * Keeps what comes until {@link #goOn}. A statement is kept whole until its Execute has been decided about: the
     * server takes locks at Parse and the snapshot at Bind, so a delay between them and the Execute would show the
     * statement a past that no slow network shows. The server answers none of it before the Execute's Sync or Flush.
     */
    void keepBack() {
        keeping = true;
    }

    void goOn() {
        keeping = false;
        ahead.forEach(steps()::toServer);
        ahead.clear();
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
        keeping = false;
        ahead.clear();
    }

    boolean isCut() {
        return cut;
    }
}
