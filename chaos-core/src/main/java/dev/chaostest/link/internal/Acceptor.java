// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Accepts clients, on a thread of its own, until it is stopped. */
final class Acceptor implements Runnable {

    private static final long AGAIN_MILLIS = 100;

    private final ServerSocket listening;
    private final Consumer<Socket> admit;
    private final Consumer<IOException> failed;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch gone = new CountDownLatch(1);

    Acceptor(ServerSocket listening, Consumer<Socket> admit, Consumer<IOException> failed) {
        this.listening = listening;
        this.admit = admit;
        this.failed = failed;
    }

    @Override
    public void run() {
        try {
            while (!isStopped()) {
                accept();
            }
        } catch (InterruptedException e) { // whoever interrupts wants this thread to end
            stop();
        } finally {
            gone.countDown();
        }
    }

    @SuppressWarnings("ReturnValueIgnored") // it goes on when it is stopped, and when it is not
    private void accept() throws InterruptedException {
        try {
            admit.accept(listening.accept());
        } catch (IOException e) {
            if (!isStopped()) { // too many open files, say: that may pass
                failed.accept(e);
                stopped.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Says that the socket is about to be closed, which is no failure then. */
    void stop() {
        stopped.countDown();
    }

    /**
     * Waits until the thread has left the kernel: up to then, a socket that is closed still listens there, and a client
     * might get through, or the port be taken.
     */
    void awaitGone(long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        boolean interrupted = false;
        while (gone.getCount() > 0) {
            interrupted |= waits(end, seconds);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean waits(long end, long seconds) {
        try {
            if (!gone.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("the thread that accepts clients on port " + listening.getLocalPort()
                        + " must end within " + seconds + " s, but did not. Take a thread dump.");
            }
            return false;
        } catch (InterruptedException e) { // it is a moment, and half a cut would be worse
            return true;
        }
    }
}
