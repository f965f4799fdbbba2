// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

/** The end of a connection that a flow leads to, as a stage may act on it. */
interface Peer {

    /** Resets the socket there. */
    void reset();

    /** Closes the sockets at both ends. */
    void closeAll();

    /** Ends the connection, since a stage failed. */
    void failed(Throwable why);
}
