// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A port on the loopback interface that stays ours while nobody listens on it: a client is refused then, and no other
 * program gets it.
 *
 * <p>A second socket, bound but not listening, keeps it. Linux and BSD differ in what may share a port; where that is
 * refused, the port is simply opened again, and the little risk is taken. For use by one thread at a time.
 */
final class ListenPort implements AutoCloseable {

    private static final int BACKLOG = 1024;

    private final InetSocketAddress address;
    private final @Nullable Socket keeper;
    private @Nullable ServerSocket listening;

    private ListenPort(InetSocketAddress address, @Nullable Socket keeper, ServerSocket listening) {
        this.address = address;
        this.keeper = keeper;
        this.listening = listening;
    }

    static ListenPort open() throws IOException {
        Socket keeper = new Socket();
        try {
            keeper.setReuseAddress(true);
            keeper.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), keeper.getLocalPort());
            return new ListenPort(address, keeper, listen(address));
        } catch (IOException notShared) {
            keeper.close();
            ServerSocket alone = listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), alone.getLocalPort());
            return new ListenPort(address, null, alone);
        }
    }

    private static ServerSocket listen(InetSocketAddress address) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address, BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    /** What accepts clients now; null while nobody listens. */
    @Nullable
    ServerSocket listening() {
        return listening;
    }

    /** Refuses clients from now on. */
    void mute() throws IOException {
        ServerSocket open = listening;
        listening = null;
        if (open != null) {
            open.close();
        }
    }

    /** Accepts clients again. */
    ServerSocket unmute() throws IOException {
        ServerSocket again = listening == null ? listen(address) : listening;
        listening = again;
        return again;
    }

    @Override
    public void close() throws IOException {
        mute();
        if (keeper != null) {
            keeper.close();
        }
    }
}
