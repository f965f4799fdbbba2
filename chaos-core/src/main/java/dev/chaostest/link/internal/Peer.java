// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

/** The end of a connection that a flow leads to, as a stage may act on it. */
interface Peer {

    /** Resets the socket there. */
    void reset();

    /** Closes the sockets at both ends. */
    void closeAll();

    /** How often the client has heard something. */
    long heard();

    /** Ends the connection, since a stage failed. */
    void failed(Throwable why);
}
