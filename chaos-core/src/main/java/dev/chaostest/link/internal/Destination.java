// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;

/** Where a link leads to. */
record Destination(InetSocketAddress address) {

    /** How long the server may take to answer a connect. */
    private static final int CONNECT_MILLIS = 10_000;

    /** Connects a socket. A name is looked up each time, as a client without the link would. */
    void connect(Socket socket) throws IOException {
        InetSocketAddress resolved =
                address.isUnresolved() ? new InetSocketAddress(address.getHostString(), address.getPort()) : address;
        if (resolved.isUnresolved()) {
            throw new UnknownHostException(address.getHostString());
        }
        socket.setTcpNoDelay(true);
        socket.connect(resolved, CONNECT_MILLIS);
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
