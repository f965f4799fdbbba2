// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Understands a protocol and says what becomes of its bytes: a state machine without I/O, threads or waiting.
 *
 * <p>Bytes go in as they arrive, in pieces of any size; {@link Steps} come out. Whoever mounts the filter carries them
 * out in order, and calls it from one thread at a time.
 *
 * <p>A filter that passes everything on writes each piece to the other side's steps and nothing else.
 *
 * @since 0.1
 */
public interface Filter {

    /**
     * The client sent these bytes; the filter consumes them all, and may keep a copy of the rest of an unfinished message. The
     * buffer is the mount's, which comes with it again.
     */
    void fromClient(ByteBuffer bytes, Steps steps);

    /** The server sent these bytes; as {@link #fromClient}. */
    void fromServer(ByteBuffer bytes, Steps steps);

    /**
     * Whether a client that has said its last still wants the answer, as a half-close means it.
     *
     * @return false where the protocol knows no such thing: such a client has left, and what is held for it is lost
     */
    default boolean mayClientHalfClose() {
        return true;
    }

    /**
     * Whether the client waits for something that the server has yet to say, as far as the protocol tells; empty where it does
     * not. Called as the others are: by one thread at a time.
     */
    default Optional<Boolean> isAnswerDue() {
        return Optional.empty();
    }

    /** The connection is gone, for whatever reason; called once, and nothing is called after it. */
    void closed();
}
