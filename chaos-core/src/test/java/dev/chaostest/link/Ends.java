// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server whose connections a test holds in its hands, at both ends. */
public final class Ends implements AutoCloseable {

    /** Long enough for any machine: a read that takes it is a failed test. */
    public static final int PATIENCE_MILLIS = 30_000;

    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    public Ends() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(PATIENCE_MILLIS);
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    /** A new client of the link. */
    public Socket client(TcpLink link) throws IOException {
        Socket client = new Socket();
        sockets.add(client);
        client.setSoTimeout(PATIENCE_MILLIS);
        client.setTcpNoDelay(true);
        client.connect(link.address(), PATIENCE_MILLIS);
        return client;
    }

    /** The server's end of the connection that came next. */
    public Socket server() throws IOException {
        Socket server = listener.accept();
        sockets.add(server);
        server.setSoTimeout(PATIENCE_MILLIS);
        server.setTcpNoDelay(true);
        return server;
    }

    /** A new client and the server's end of its connection. */
    public Both connect(TcpLink link) throws IOException {
        Socket client = client(link);
        return new Both(client, server());
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        listener.close();
    }

    public static void send(Socket from, String text) throws IOException {
        from.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** So many bytes as text; fewer if the stream ends. */
    public static String receive(Socket at, int bytes) throws IOException {
        return new String(at.getInputStream().readNBytes(bytes), StandardCharsets.ISO_8859_1);
    }

    /** Sends one way, and returns what came out there. */
    public static String pass(Socket from, Socket to, String text) throws IOException {
        send(from, text);
        return receive(to, text.length());
    }

    /** Both ends of one connection through a link. */
    public record Both(Socket client, Socket server) {

        public void roundTrip(String text) throws IOException {
            String there = pass(client, server, text);
            String back = pass(server, client, there);
            if (!back.equals(text)) {
                throw new IOException("expected " + text + ", but " + back + " came back");
            }
        }
    }
}
