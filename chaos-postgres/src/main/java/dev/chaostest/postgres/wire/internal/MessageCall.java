// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.message.CancelOnServer;
import dev.chaostest.postgres.wire.message.CorruptByte;
import dev.chaostest.postgres.wire.message.DropRest;
import dev.chaostest.postgres.wire.message.MessageType.From;
import dev.chaostest.postgres.wire.message.Slice;
import dev.chaostest.postgres.wire.message.Swallow;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One message that something strikes. */
final class MessageCall {

    private final Session session;
    private final MessageSeam seam;
    private final Call call;
    private final From from;
    private final boolean unasked;
    private final Optional<Blow> corrupt;
    private final Optional<Blow> slice;

    /** @param unasked whether nobody waits for such a message */
    MessageCall(Session session, MessageSeam seam, Call call, From from, boolean unasked) {
        this.session = session;
        this.seam = seam;
        this.call = call;
        this.from = from;
        this.unasked = unasked;
        this.corrupt = call.first(CorruptByte.class);
        this.slice = call.first(Slice.class);
    }

    /** What comes before the message; answers whether it still goes on. */
    boolean before() {
        Steps steps = session.steps();
        call.hold(When.BEFORE, hold -> hold(steps, hold));
        if (call.isCutBefore()) {
            call.cutBefore(steps);
            session.cut(call);
            return false;
        }
        Blow swallow = call.first(Swallow.class).orElse(null);
        if (swallow != null) {
            swallow.answered(new Swallow().cameBack());
            if (!unasked) {
                seam.swallowed(swallow);
            }
            return false;
        }
        return !drops(When.BEFORE);
    }

    private boolean drops(When when) {
        Blow drop = call.first(DropRest.class)
                .filter(blow -> blow.fault().strikes() == when)
                .orElse(null);
        if (drop != null) {
            drop.answered(new DropRest(when).cameBack());
            seam.drop(from, drop);
        }
        return drop != null;
    }

    /** Whether it is a row that a sabotage hides. */
    boolean hides(Cover cover, @Nullable Expected of) {
        return cover.hidesRow(of, call);
    }

    /** Whether the server is to cancel what it answers. */
    @Nullable
    Blow cancel() {
        return call.first(CancelOnServer.class).orElse(null);
    }

    /** The begin of the message as it is to be, on from the mark; itself if nothing is wrong with it. */
    ByteBuffer corrupted(ByteBuffer seen, int body) {
        Blow blow = corrupt.orElse(null);
        return blow == null ? seen : Corrupting.of(blow, seen, body, session.filter());
    }

    /** Whether what {@link #corrupted} gives is another one. */
    boolean isCorrupted() {
        return corrupt.isPresent();
    }

    /** Whether its begin is to be said by {@link #say}. */
    boolean isSaid() {
        return slice.isPresent() || isCorrupted();
    }

    /** Says the begin of the message; the rest of a long one passes behind it. */
    void say(ByteBuffer head) {
        Steps steps = session.steps();
        Blow blow = slice.orElse(null);
        if (blow != null && blow.fault() instanceof Slice cut) {
            Slicing.say(head, cut, blow, bytes -> say(steps, bytes), hold -> hold(steps, hold));
        } else {
            say(steps, head);
        }
    }

    /** Another fault took the message's place. */
    void replaced() {
        slice.ifPresent(blow -> blow.answered("nothing, another fault struck"));
    }

    /** Whether something comes behind the message. */
    boolean hasMore() {
        return call.isNeeded()
                || call.first(DropRest.class)
                        .filter(blow -> blow.fault().strikes() == When.AFTER)
                        .isPresent();
    }

    /** What comes behind the message, all of which has gone on. */
    void after() {
        Steps steps = session.steps();
        call.hold(When.AFTER, hold -> hold(steps, hold));
        if (call.isCutAfter()) {
            call.cutAfter(steps);
            session.cut(call);
        } else {
            drops(When.AFTER);
        }
    }

    /** The connection is gone, and the message was not whole. */
    void lost() {
        call.lost();
        call.first(DropRest.class).ifPresent(blow -> blow.answered(Call.LOST));
    }

    private void hold(Steps steps, Hold hold) {
        if (from == From.CLIENT) {
            steps.holdToServer(hold);
        } else {
            session.transactions().endings().messageWaits(hold);
            steps.holdToClient(hold);
        }
    }

    private void say(Steps steps, ByteBuffer bytes) {
        if (from == From.CLIENT) {
            steps.toServer(bytes);
        } else {
            steps.toClient(bytes);
        }
    }
}
