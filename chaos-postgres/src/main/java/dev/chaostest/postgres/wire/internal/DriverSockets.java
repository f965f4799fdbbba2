// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Filter;
import dev.chaostest.link.FilteredSocket;
import dev.chaostest.link.FilteredSslSocket;
import dev.chaostest.mount.Callers;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets that the driver has been given for one mount, and who asked for them; safe for use by many threads. */
public final class DriverSockets {

    private static final Logger LOG = LoggerFactory.getLogger(DriverSockets.class);

    /** Makes the filter of one connection. */
    @FunctionalInterface
    public interface Filters {
        Filter make(Optional<String> openedBy, Encryption.Policy policy, Supplier<@Nullable SocketAddress> server);
    }

    private final Filters filters;

    /** As many as are open, each with who opened it. */
    private final Map<Socket, Optional<String>> open = new ConcurrentHashMap<>();

    /** Those of them that have TLS above. */
    private final Map<Socket, SSLSocket> above = new ConcurrentHashMap<>();

    public DriverSockets(Filters filters) {
        this.filters = filters;
    }

    /** A socket for one new connection. */
    public Socket open(Encryption.Policy policy) {
        Optional<String> by = caller();
        AtomicReference<@Nullable Socket> self = new AtomicReference<>();
        Socket socket = new FilteredSocket(filters.make(by, policy, () -> remote(self.get())), System::nanoTime);
        self.set(socket);
        opened(socket, by);
        return socket;
    }

    /** A socket above TLS, whose end is that of the one below. */
    public SSLSocket openAbove(Socket below, SSLSocket tls) {
        Optional<String> by = caller();
        Filter filter = filters.make(by, Encryption.Policy.REFUSED, () -> remote(below));
        SSLSocket socket = new FilteredSslSocket(tls, below, filter, System::nanoTime);
        opened(below, by);
        above.put(below, socket);
        return socket;
    }

    private static Optional<String> caller() {
        return Optional.ofNullable(Callers.nearest(Session.MACHINERY));
    }

    private void opened(Socket socket, Optional<String> by) {
        open.keySet().removeIf(Socket::isClosed);
        above.keySet().removeIf(Socket::isClosed);
        open.put(socket, by);
    }

    private static @Nullable SocketAddress remote(@Nullable Socket socket) {
        return socket == null ? null : socket.getRemoteSocketAddress();
    }

    /** Whether reads of the open socket with this address end by themselves; empty if there is none. */
    public Optional<Boolean> isTimed(SocketAddress local) {
        return open.keySet().stream()
                .filter(socket -> local.equals(socket.getLocalSocketAddress()))
                .findFirst()
                .map(DriverSockets::isTimed);
    }

    private static boolean isTimed(Socket socket) {
        try {
            return socket.getSoTimeout() > 0;
        } catch (SocketException closed) { // nobody waits any more
            return true;
        }
    }

    /** Those that are open, one sentence each. */
    public List<String> left() {
        return open.entrySet().stream()
                .filter(each -> each.getKey().isConnected() && !each.getKey().isClosed())
                .map(each -> "a connection"
                        + each.getValue().map(by -> " that was opened by " + by).orElse(""))
                .sorted()
                .toList();
    }

    /** Closes those that are open. */
    public void close() {
        above.values().forEach(DriverSockets::close);
        open.keySet().forEach(DriverSockets::close);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("A connection that was left open could not be closed", e);
        }
    }
}
