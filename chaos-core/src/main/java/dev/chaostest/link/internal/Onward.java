// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.Signal;
import java.io.IOException;

/** Where one direction of a connection leads on to: through its toxics to the socket there. For one caller at a time. */
public interface Onward {

    /**
     * Sends bytes on, which are the caller's again when this returns.
     *
     * @return false if nothing goes that way any more
     */
    boolean forward(byte[] bytes, int from, int length) throws IOException, InterruptedException;

    /** Whether what is sent now goes to the socket as it is, and at once. */
    default boolean isDirect() {
        return true;
    }

    /** Sends on what comes behind the bytes. */
    void forward(Signal signal);

    /** Closes the whole connection at once; from any thread. */
    void close();

    /** Has a thread carry on what waits before it; called once at most. */
    void needDrainer(Sluice waiting);
}
