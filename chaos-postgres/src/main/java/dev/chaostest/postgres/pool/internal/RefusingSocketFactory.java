// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/** Refuses every connection, as a port does on which nobody listens. The driver makes it by its name. */
public final class RefusingSocketFactory extends SocketFactory {

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public void connect(SocketAddress address, int timeout) throws IOException {
                throw new ConnectException("Connection refused");
            }
        };
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw new ConnectException("Connection refused");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw new ConnectException("Connection refused");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw new ConnectException("Connection refused");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw new ConnectException("Connection refused");
    }
}
