// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.message.MessageType;
import dev.chaostest.postgres.wire.message.MessageType.From;
import dev.chaostest.postgres.wire.protocol.internal.ErrorFields;
import dev.chaostest.postgres.wire.protocol.internal.Framer;
import dev.chaostest.postgres.wire.protocol.internal.MessageSites;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Asks about each message that the client is to get, after everything else has looked at it: what is lost here, the server has
 * said all the same.
 */
final class ServerMessages implements Framer.Reader {

    private static final Site ERROR = MessageType.ERROR_RESPONSE.site();

    private final Session session;
    private final MessageSeam seam;
    private final Backend backend;
    private final Framer framer;
    private @Nullable MessageCall behind;
    private @Nullable StoppedAnswer stopped;
    private final Overheard overheard;

    ServerMessages(Session session, MessageSeam seam, Backend backend, Framer framer) {
        this.session = session;
        this.seam = seam;
        this.backend = backend;
        this.framer = framer;
        this.overheard = new Overheard(session);
    }

    /** Whether something is still to be done, though no round is armed any more. */
    boolean isBusy() {
        return behind != null || stopped != null || seam.isDropped(From.SERVER);
    }

    @Override
    public int wanted(byte type, int bodyLength) {
        if (session.filter().isCut()) {
            return Overheard.wanted(type);
        }
        int read = backend.wanted(type, bodyLength);
        if (type == MessageSites.AUTHENTICATION) {
            return Math.max(read, MessageSeam.SEEN_MAX);
        }
        return seam.isWanted(site(type)) ? Math.max(read, MessageSeam.SEEN_MAX) : read;
    }

    /** A row has the site of its statement, if that is known. */
    private @Nullable Site site(byte type) {
        Site row = type == 'D' ? backend.rows() : null;
        return row == null ? MessageSites.fromServer(type) : row;
    }

    @Override
    public boolean isPassed(byte type, ByteBuffer seen, int body) {
        hasPassed();
        if (session.filter().isCut()) {
            overheard.hears(type, seen, body);
            return false;
        }
        Site site = type == MessageSites.AUTHENTICATION ? seam.sites().authentication(seen, body) : site(type);
        boolean asked = seam.isWanted(site) || type == 'A' || (type == 'D' && backend.rows() != null);
        boolean passed = backend.isPassed(type, seen, body);
        StoppedAnswer still = stopped;
        if (still != null) {
            return isPassed(still, type, seen.reset(), body, passed);
        }
        if (!passed || seam.isDropped(From.SERVER)) {
            return false;
        }
        MessageCall call = asked && site != null ? seam.arrives(site, From.SERVER) : null;
        return (call == null || isPassed(call, seen, body)) && isTold(type);
    }

    private boolean isTold(byte type) {
        if (type == 'Z') {
            seam.readyPassed();
            session.transactions().readyIsTold();
        }
        return true;
    }

    private boolean isPassed(MessageCall call, ByteBuffer seen, int body) {
        if (!call.before() || call.hides(session.cover(), session.replies().first())) {
            return false;
        }
        Blow cancel = call.cancel();
        if (cancel != null) {
            stopped = new StoppedAnswer(session, cancel);
            return false;
        }
        ByteBuffer head = call.corrupted(seen, body);
        if (call.isCorrupted()) {
            session.transactions().endings().mayBeUnheard();
        }
        if (call.hasMore()) {
            behind = call;
        }
        if (call.isSaid()) {
            call.say(head.reset());
            framer.headSaid();
        }
        return true;
    }

    private boolean isPassed(StoppedAnswer still, byte type, ByteBuffer seen, int body, boolean passed) {
        boolean shown;
        if (type == 'E') {
            still.failed(ErrorFields.read(seen.position(body)).state());
            shown = true;
        } else {
            shown = still.isPassed(type, seen, body);
        }
        stopped = still.isOver() ? null : still;
        return passed && shown && isTold(type);
    }

    /** The server's error in other words. */
    void saysError(ByteBuffer message) {
        MessageCall call = stopped == null && seam.isWanted(ERROR) ? seam.arrives(ERROR, From.SERVER) : null;
        if (call == null) {
            session.steps().toClient(message);
        } else if (call.before()) {
            ByteBuffer head = call.corrupted(message.mark(), message.position() + 1 + Integer.BYTES);
            if (call.hasMore()) {
                behind = call;
            }
            call.say(head.reset());
        }
    }

    @Override
    public boolean isAlike(byte type) {
        return backend.isAlike(type) && stopped == null && !seam.isWanted(site(type));
    }

    /** All of the latest message has gone on. */
    void hasPassed() {
        MessageCall call = behind;
        behind = null;
        if (call != null && !session.filter().isCut()) {
            call.after();
        }
    }

    void closed() {
        MessageCall call = behind;
        if (call != null) {
            call.lost();
        }
        StoppedAnswer still = stopped;
        if (still != null) {
            still.lost();
        }
        stopped = null;
    }
}
