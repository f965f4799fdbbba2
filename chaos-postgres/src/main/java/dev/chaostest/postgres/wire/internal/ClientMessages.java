// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.message.MessageType.From;
import dev.chaostest.postgres.wire.protocol.internal.Framer;
import dev.chaostest.postgres.wire.protocol.internal.MessageSites;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Asks about each message that the client sends, before anything else looks at it: what is lost here, the server never hears
 * of, and nobody waits for its answer.
 */
final class ClientMessages implements Framer.Reader {

    private final Session session;
    private final MessageSeam seam;
    private final Frontend frontend;
    private final Framer framer;
    private @Nullable MessageCall behind;

    ClientMessages(Session session, MessageSeam seam, Frontend frontend, Framer framer) {
        this.session = session;
        this.seam = seam;
        this.frontend = frontend;
        this.framer = framer;
    }

    /** Whether something is still to be done, though no round is armed any more. */
    boolean isBusy() {
        return behind != null || seam.isDropped(From.CLIENT);
    }

    @Override
    public int wanted(byte type, int bodyLength) {
        int read = frontend.wanted(type, bodyLength);
        return type != Framer.UNTYPED && seam.isWanted(seam.sites().fromClient(type))
                ? Math.max(read, MessageSeam.SEEN_MAX)
                : read;
    }

    @Override
    public boolean isPassed(byte type, ByteBuffer seen, int body) {
        hasPassed();
        if (session.filter().isCut() || seam.isDropped(From.CLIENT)) {
            return false;
        }
        Site site = type == Framer.UNTYPED
                ? MessageSites.untyped(seen, body)
                : seam.sites().fromClient(type);
        MessageCall call = site != null && seam.isWanted(site) ? seam.arrives(site, From.CLIENT) : null;
        return call == null ? frontend.isPassed(type, seen, body) : isPassed(call, type, seen, body);
    }

    private boolean isPassed(MessageCall call, byte type, ByteBuffer seen, int body) {
        session.filter().goOn(); // what was kept for this one has been sent when this one is struck
        if (!call.before()) {
            return false;
        }
        ByteBuffer head = call.corrupted(seen, body);
        int bodyOfHead = call.isCorrupted() ? body - seen.reset().position() : body;
        byte typeOfHead = type == Framer.UNTYPED ? type : head.get(head.reset().position());
        session.transactions().passesAsItIs(call.isSaid());
        boolean passed = frontend.isPassed(typeOfHead, head, bodyOfHead);
        session.transactions().passesAsItIs(false);
        if (call.hasMore() && !session.filter().isCut()) {
            behind = call; // also where it goes out in other words
        }
        if (!passed) {
            call.replaced();
            return false;
        }
        if (call.isSaid()) {
            session.filter().goOn();
            call.say(head.reset());
            framer.headSaid();
        }
        return true;
    }

    @Override
    public boolean isAlike(byte type) {
        return frontend.isAlike(type);
    }

    /** All of the latest message has gone on. */
    void hasPassed() {
        MessageCall call = behind;
        behind = null;
        if (call != null && !session.filter().isCut()) {
            session.filter().goOn();
            call.after();
        }
    }

    void closed() {
        MessageCall call = behind;
        if (call != null) {
            call.lost();
        }
    }
}
