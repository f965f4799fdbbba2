// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where clients come in, while it is open: a port, and the thread that accepts there.
 *
 * <p>A listening socket that is closed while a thread accepts on it listens on until that thread has left the kernel. So
 * shutting is done only when {@link #awaitShut} returns: before, a client may still get in, and the port can't be opened
 * again. For use under the lock of the relay, but for waiting.
 */
final class Door implements AutoCloseable {

    private static final long AGAIN_MILLIS = 100;
    private static final long SHUT_SECONDS = 10;

    private final Relay relay;
    private final Pumps pumps;
    private final ListenPort port;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile CountDownLatch accepting = new CountDownLatch(0);

    Door(Relay relay, Pumps pumps, ListenPort port) {
        this.relay = relay;
        this.pumps = pumps;
        this.port = port;
    }

    InetSocketAddress address() {
        return port.address();
    }

    boolean isListening() {
        return port.listening() != null;
    }

    /** Accepts clients from now on. */
    void open() throws IOException {
        ServerSocket listening = port.unmute();
        CountDownLatch ended = new CountDownLatch(1);
        try {
            pumps.start(() -> accept(listening, ended));
        } catch (Throwable noThread) {
            port.mute();
            throw noThread;
        }
        accepting = ended;
    }

    private void accept(ServerSocket listening, CountDownLatch ended) {
        try {
            while (!listening.isClosed()) {
                acceptNext(listening);
            }
        } finally {
            ended.countDown();
        }
    }

    private void acceptNext(ServerSocket listening) {
        try {
            Socket client = listening.accept();
            relay.admit(client, listening);
        } catch (IOException e) {
            if (!listening.isClosed()) { // too many open files, say: that may pass
                relay.note("link " + relay.name() + " could not accept a client: " + e);
                pause();
            }
        }
    }

    @SuppressWarnings("ReturnValueIgnored") // ended by closing, or by its time: both lead on
    private void pause() {
        try {
            closing.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) { // the next accept sees whether the link is closed
            Thread.currentThread().interrupt();
        }
    }

    /** Accepts nobody from now on; see {@link #awaitShut}. */
    void shut() throws IOException {
        port.mute();
    }

    /** Whether it may be opened: who accepted here before has gone. */
    boolean isShut() {
        return accepting.getCount() == 0;
    }

    /** Waits until a new client is refused. Without the lock of the relay, and under an interrupt, too. */
    void awaitShut() {
        CountDownLatch ended = accepting;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SHUT_SECONDS);
        boolean interrupted = false;
        boolean over = false;
        while (!over) {
            try {
                over = true;
                if (!ended.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw new ChaosException("port " + address().getPort() + " of link " + relay.name()
                            + " must refuse clients within " + SHUT_SECONDS
                            + "s, but a thread still accepts. Close the link, and open another.");
                }
            } catch (InterruptedException e) { // it is a moment, and half a cut would be worse
                interrupted = true;
                over = false;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** For good. */
    @Override
    public void close() throws IOException {
        closing.countDown();
        port.close();
    }
}
