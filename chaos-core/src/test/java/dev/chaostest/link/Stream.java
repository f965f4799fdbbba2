// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A pseudo-random stream through one direction of a connection: what was sent, and what came out. */
final class Stream {

    private static final int PIECE = 32 << 10;
    private static final int BLOCK = 128 << 10;
    private static final long PATIENCE_SECONDS = 30;

    private final byte[] sent;
    private final byte[] received;
    private final Socket from;
    private final Socket to;
    private final Semaphore progress;
    private final Semaphore pace = new Semaphore(0);
    private int length;

    Stream(long seed, int bytes, Socket from, Socket to, Semaphore progress) {
        this.sent = new byte[bytes];
        this.received = new byte[bytes + 1]; // room for one that was invented
        this.from = from;
        this.to = to;
        this.progress = progress;
        new SplittableRandom(seed).nextBytes(sent);
    }

    byte[] sent() {
        return sent;
    }

    /** What came out, up to the end of the stream. */
    byte[] received() {
        return Arrays.copyOf(received, length);
    }

    /** Lets so many more blocks go. */
    void go(int blocks) {
        pace.release(blocks);
    }

    /** Lets all go. */
    void goOn() {
        pace.release(1 + sent.length / BLOCK);
    }

    /** Sends all, as far as it may, and ends the stream; in pieces of any size. */
    void send() throws IOException, InterruptedException {
        SplittableRandom sizes = new SplittableRandom(sent.length);
        OutputStream out = from.getOutputStream();
        for (int at = 0; at < sent.length; ) {
            int block = Math.min(sent.length, at + BLOCK);
            if (!pace.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("nobody let the stream go on");
            }
            while (at < block) {
                int some = Math.min(block - at, 1 + sizes.nextInt(PIECE));
                out.write(sent, at, some);
                at += some;
            }
        }
        from.shutdownOutput();
    }

    /** Receives all up to the end of the stream; a permit for each piece. */
    void receive() throws IOException {
        InputStream in = to.getInputStream();
        while (true) {
            int n = in.read(received, length, Math.min(PIECE, received.length - length));
            if (n < 0) {
                return;
            }
            length += n;
            progress.release();
            if (length == received.length) {
                throw new IOException("more bytes came out than were sent");
            }
        }
    }

    /** Both of it, on threads of the caller's. */
    CompletableFuture<Void> run(Executor threads) {
        return CompletableFuture.allOf(
                CompletableFuture.runAsync(unchecked(this::send), threads),
                CompletableFuture.runAsync(unchecked(this::receive), threads));
    }

    private static Runnable unchecked(Outage.Block<Exception> block) {
        return () -> {
            try {
                block.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
    }
}
