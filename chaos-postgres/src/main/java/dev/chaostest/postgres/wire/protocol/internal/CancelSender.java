// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends cancel requests to one server, each from a thread of its own: the one that reads must go on reading, or the server
 * would never come to look.
 */
public final class CancelSender {

    private static final Logger LOG = LoggerFactory.getLogger(CancelSender.class);

    /** For each step of it: to connect, and to see the server close. */
    private static final int DEADLINE_MILLIS = 5_000;

    private final AtomicLong numbers;
    private final Supplier<@Nullable SocketAddress> server;

    /**
     * @param numbers of the threads
     * @param server where it is; null while that is not known
     */
    public CancelSender(AtomicLong numbers, Supplier<@Nullable SocketAddress> server) {
        this.numbers = numbers;
        this.server = server;
    }

    /**
     * Sends one.
     *
     * @param done told when the server has signalled the backend, or when it was given up; at once where the server is not known
     * @return what waits until that is so, {@value #DEADLINE_MILLIS} ms for each step at most
     */
    public Runnable send(BackendKey key, Runnable done) {
        SocketAddress address = server.get();
        if (address == null) {
            done.run();
            return () -> {};
        }
        Thread sender = new Thread(
                () -> {
                    try {
                        send(address, key);
                    } catch (IOException e) {
                        LOG.debug("A cancel request could not be sent to {}", address, e);
                    } finally {
                        done.run();
                    }
                },
                "chaos-cancel-" + numbers.incrementAndGet());
        sender.setDaemon(true);
        sender.start();
        return () -> join(sender);
    }

    /** The server closes when the backend has its signal, and says nothing. */
    private static void send(SocketAddress address, BackendKey key) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, DEADLINE_MILLIS);
            socket.setSoTimeout(DEADLINE_MILLIS);
            socket.getOutputStream().write(Messages.cancel(key).array());
            while (socket.getInputStream().read() >= 0) {
                LOG.debug("A cancel request was answered by {}", address);
            }
        }
    }

    private static void join(Thread sender) {
        try {
            sender.join(Duration.ofMillis(3L * DEADLINE_MILLIS).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
