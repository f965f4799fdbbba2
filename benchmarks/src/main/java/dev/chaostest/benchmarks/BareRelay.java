// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/**
 * The least that a relay of one connection can be: two threads that read and write, and nothing else. What a link costs beside it
 * is ours; what it costs itself is that of any relay in this process.
 */
final class BareRelay implements AutoCloseable {

    private static final int BUFFER = 64 << 10;

    private final InetSocketAddress server;
    private final ServerSocket listener;

    BareRelay(InetSocketAddress server) throws IOException {
        this.server = server;
        this.listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    private static void start(Carrying task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (SocketException e) { // closed
                        return;
                    } catch (IOException e) {
                        throw new IllegalStateException("The relay failed.", e);
                    }
                },
                "benchmark-relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        Socket client = listener.accept();
        Socket dialled = new Socket(server.getAddress(), server.getPort());
        client.setTcpNoDelay(true);
        dialled.setTcpNoDelay(true);
        start(() -> carry(client, dialled));
        start(() -> carry(dialled, client));
    }

    private static void carry(Socket from, Socket to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private interface Carrying {
        void run() throws IOException;
    }
}
