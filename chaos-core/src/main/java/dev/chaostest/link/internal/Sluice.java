// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.Signal;
import java.io.IOException;

/** What stands between the thread that reads one direction of a connection and where that leads on to. */
public interface Sluice {

    /**
     * Takes what was read; for the thread that reads.
     *
     * @return false if nothing goes that way any more
     */
    boolean take(byte[] bytes, int length) throws IOException, InterruptedException;

    /** Takes what comes behind the bytes; for the thread that reads. */
    void take(Signal signal) throws IOException, InterruptedException;

    /** Sends on what waits here until there is no more to come; for a thread of its own. */
    void drain() throws IOException, InterruptedException;

    /** Nothing can be sent on any more. */
    void over();

    /** The connection is gone. */
    void gone();

    /** Whose word the peers of the connection wait for, as far as is known here. */
    default Turn turn() {
        return Turn.UNKNOWN;
    }

    /** Whether something is held here that nothing would end by itself. */
    default boolean isStuck() {
        return false;
    }

    /** Ends what {@link #isStuck} is about, and tells who has made it so; what was held is lost. */
    default void giveUp() {}

    /** What is said of a wait whose end is told by who holds. */
    String HOLD = "hold";

    /** Whose word it is. */
    enum Turn {
        /** Only the bytes tell. */
        UNKNOWN,
        /** The client's. */
        CLIENT,
        /** The client's, once it has heard what has come here. */
        ANSWERED,
        /** The server's: it owes an answer. */
        SERVER
    }

    /** What stands in both directions of one connection. */
    record Pair(Sluice toServer, Sluice toClient) {

        /** Nothing: what is read goes on. */
        static Pair open(Onward toServer, Onward toClient) {
            return new Pair(new Open(toServer), new Open(toClient));
        }
    }

    /** Makes what stands in a new connection. */
    @FunctionalInterface
    interface Maker {
        /** Makes it. */
        Pair make(Onward toServer, Onward toClient);

        /** Makes nothing that stands in the way. */
        static Maker open() {
            return Pair::open;
        }
    }

    /** Nothing in the way. */
    record Open(Onward onward) implements Sluice {
        @Override
        public boolean take(byte[] bytes, int length) throws IOException, InterruptedException {
            return onward.forward(bytes, 0, length);
        }

        @Override
        public void take(Signal signal) {
            onward.forward(signal);
        }

        @Override
        public void drain() {}

        @Override
        public void over() {}

        @Override
        public void gone() {}
    }
}
