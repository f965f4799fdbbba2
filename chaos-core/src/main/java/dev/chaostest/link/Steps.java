// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * What a filter wants done, in the order in which it says so.
 *
 * <p>Each direction keeps its own order: a hold makes everything that follows in that direction wait, and nothing in
 * the other one.
 *
 * @since 0.1
 */
public interface Steps {

    /** Sends these bytes on to the server. The bytes are copied or consumed before this returns. */
    void toServer(ByteBuffer bytes);

    /**
     * Sends bytes that are not made before it is their turn, when everything before them has gone on.
     *
     * @param bytes asked once, under the same exclusion as the filter itself; none if the connection ends before
     */
    void toServerInTurn(Supplier<ByteBuffer> bytes);

    /** Sends these bytes on to the client. The bytes are copied or consumed before this returns. */
    void toClient(ByteBuffer bytes);

    /**
     * Makes what follows to the server wait. The client's own time-outs go on; closing the connection ends the wait.
     */
    void holdToServer(Hold hold);

    /** Makes what follows to the client wait, as {@link #holdToServer}. */
    void holdToClient(Hold hold);

    /**
     * Ends the connection here, in order: what was said before is delivered first, in both directions, holds included; what is
     * said after is lost.
     *
     * @param done told once the connection is closed; not told if it ended otherwise before
     */
    void cut(Runnable done);

    /**
     * As {@link #cut(Runnable)}, and says how.
     *
     * @param kind how both peers see it end; a mount that can't reset ends it in order
     */
    default void cut(CutKind kind, Runnable done) {
        cut(done);
    }

    /**
     * What ends the connection later, from any thread and at once, whatever it waits for: to be kept by who may have to free a
     * peer that waits for what never comes. What was not delivered by then is lost. Without effect on a connection that is gone.
     *
     * @return what ends it; here nothing, for mounts whose peers wait for nothing
     */
    default Runnable ender() {
        return () -> {};
    }

    /**
     * Whether what is sent on to the client may come late or never, by what stands behind the filter: the toxics of a link, say.
     *
     * @return here false, for mounts with nothing behind the filter
     */
    default boolean mayLoseForClient() {
        return false;
    }

    /**
     * Tells that the client may wait for what never comes, though nothing is held: until the hold is over, a reader without a
     * time-out asks it whether there is {@linkplain Hold#untilHopeless hope}. Without effect on mounts that don't know their
     * reader.
     */
    default void stall(Hold hold) {}
}
