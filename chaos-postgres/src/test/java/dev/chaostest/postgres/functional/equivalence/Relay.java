// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Stands before the server and writes down what it is sent, connection by connection. */
final class Relay implements AutoCloseable {

    private static final int PIECE_MAX = 64 * 1024;
    private static final long JOIN_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private static final String TO_CLIENT = "to-client";

    private final InetSocketAddress server;
    private final int pieces;
    private final ServerSocket door;
    private final List<Conversation> conversations = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Thread> listeners = new CopyOnWriteArrayList<>();

    private Relay(InetSocketAddress server, int pieces) throws IOException {
        this.server = server;
        this.pieces = pieces;
        this.door = new ServerSocket(0, 200, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    }

    /**
     * @param pieces of how many bytes at most the server's answers arrive
     */
    static Relay open(InetSocketAddress server, int pieces) {
        try {
            Relay relay = new Relay(server, pieces);
            relay.start("relay", relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return door.getLocalPort();
    }

    /** In the order in which they were opened; complete when the relay is closed. */
    List<Conversation> conversations() {
        return List.copyOf(conversations);
    }

    private void start(String role, Runnable work) {
        Thread thread = new Thread(work, role + "-" + port());
        thread.setDaemon(true);
        if (!role.equals(TO_CLIENT)) {
            listeners.add(thread);
        }
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                sockets.add(client);
                Conversation conversation = new Conversation();
                conversations.add(conversation);
                Socket far = new Socket();
                sockets.add(far);
                far.connect(server);
                far.setTcpNoDelay(true);
                client.setTcpNoDelay(true);
                start("to-server", () -> pump(client, far, PIECE_MAX, conversation::sent));
                start(TO_CLIENT, () -> pump(far, client, pieces, (bytes, length) -> {}));
            }
        } catch (IOException closed) {
            // the relay is closed
        }
    }

    private interface Listener {
        void sent(byte[] bytes, int length);
    }

    private static void pump(Socket from, Socket to, int pieces, Listener listener) {
        byte[] bytes = new byte[PIECE_MAX];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                listener.sent(bytes, length);
                for (int at = 0; at < length; at += pieces) {
                    out.write(bytes, at, Math.min(pieces, length - at));
                }
            }
            to.shutdownOutput();
        } catch (IOException gone) {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until what was sent before the clients closed is written down. */
    @Override
    public void close() {
        try {
            door.close();
            for (Thread thread : listeners) {
                thread.join(JOIN_MILLIS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.forEach(Relay::close);
        }
    }
}
