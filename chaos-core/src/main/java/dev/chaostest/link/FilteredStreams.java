// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The two streams of a socket whose bytes pass a filter, and what goes with them: its time-out, its closing, its cut. */
final class FilteredStreams {

    static final int KEPT_MAX = 8 * 1024 * 1024;

    /** As much as the driver itself writes at once. */
    private static final int TOGETHER = 8 * 1024;

    /** The longest blocking read while bytes are held on their way to the server: nothing else can end it early. */
    static final int SLICE_MILLIS = 10;

    /** The JDK's own words, which differ. */
    private static final String STREAM_OF_CLOSED = "Socket closed";

    private static final String OPTION_OF_CLOSED = "Socket is closed";
    private static final String RESET = "Connection reset";

    /** The socket itself, past the filter. */
    interface Raw {
        InputStream in() throws IOException;

        OutputStream out() throws IOException;

        void timeout(int millis) throws SocketException;

        /** Has closing reset. */
        void linger() throws SocketException;

        void end() throws IOException;
    }

    private final Raw socket;
    private final Duplex duplex;
    private final LongSupplier nanoClock;
    private final ReentrantLock sending = new ReentrantLock();
    private final AtomicReference<@Nullable InputStream> input = new AtomicReference<>();
    private final AtomicReference<@Nullable OutputStream> output = new AtomicReference<>();
    private volatile int soTimeout;
    private volatile boolean cut;
    private volatile boolean reset;

    /** As {@link java.net.Socket#isClosed}, which takes a lock that costs more than the rest of a read. */
    private volatile boolean closed;

    /** A reader waits for the server without end, so only the writer can send what becomes due. */
    private final AtomicBoolean unwatched = new AtomicBoolean();

    private volatile int appliedTimeout;

    FilteredStreams(Raw socket, Filter filter, LongSupplier nanoClock) {
        this.socket = socket;
        this.duplex = new Duplex(filter, nanoClock, this::end);
        this.nanoClock = nanoClock;
    }

    InputStream input() throws IOException {
        InputStream raw = socket.in();
        input.compareAndSet(null, new FilteredInput(this, duplex, raw, nanoClock));
        return present(input.get());
    }

    OutputStream output() throws IOException {
        OutputStream raw = socket.out();
        output.compareAndSet(null, new FilteredOutput(this, duplex, raw));
        return present(output.get());
    }

    private static <T> T present(@Nullable T value) throws SocketException {
        if (value == null) {
            throw new SocketException("Socket is not connected");
        }
        return value;
    }

    void setTimeout(int timeout) throws SocketException {
        requireOpen(OPTION_OF_CLOSED);
        applyTimeout(timeout);
        soTimeout = timeout;
    }

    int timeout() throws SocketException {
        requireOpen(OPTION_OF_CLOSED);
        return soTimeout;
    }

    /** What a read takes at most. */
    int readTimeout() throws SocketException {
        requireOpen();
        return soTimeout;
    }

    /** Sets what the next blocking read takes at most, whatever the client asked for. */
    void applyTimeout(int millis) throws SocketException {
        requireOpen();
        if (millis != appliedTimeout && !cut) { // a socket whose peer is lost still takes options
            socket.timeout(millis);
            appliedTimeout = millis;
        }
    }

    void close() throws IOException {
        closed = true;
        try {
            socket.end();
        } finally {
            duplex.gone();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** A filter that fails has lost its place in the stream: what would pass from then on is not what was said. */
    RuntimeException failed(RuntimeException why) {
        try {
            close();
        } catch (IOException e) {
            why.addSuppressed(e);
        }
        return why;
    }

    /** On behalf of the filter, at any time. */
    private void end() {
        try {
            cutNow();
        } catch (IOException e) {
            duplex.cutDone(); // it is as closed as it can be
        }
    }

    private void cutNow() throws IOException {
        reset = duplex.cutAsked() == CutKind.RST;
        if (reset) {
            socket.linger();
        }
        cut = true;
        closed = true;
        socket.end();
        duplex.cutDone();
    }

    /** Nothing would ever come, and the client would wait for it without end. */
    void giveUp() throws IOException {
        cut = true; // first: what was held is not to be sent
        closed = true;
        socket.end();
        duplex.givenUp();
    }

    boolean isCut() {
        return cut;
    }

    /** What a read says behind the last byte. */
    int endOfCut() throws SocketException {
        if (reset) {
            throw new SocketException(RESET);
        }
        return -1;
    }

    /** From now on; whoever says it looks for what is held afterwards. */
    void unwatched() {
        unwatched.set(true);
    }

    /** Who sees that late looks again soon: nobody need see it at once, which would take as long as all of this does. */
    void watched() {
        unwatched.setRelease(false);
    }

    /** Sends what is due and carries out a cut that is, unless another thread is just sending. */
    void pump() throws IOException {
        if (!cut && duplex.isToServerPending() && sending.tryLock()) {
            try {
                sendDue();
                if (duplex.isCutDue()) {
                    cutNow();
                }
            } finally {
                sending.unlock();
            }
        }
    }

    /** What was said in one breath goes out in one: a peer that is gone fails a second write before its last words are read. */
    void send(OutputStream raw, byte[] bytes, int offset, int length) throws IOException {
        if (!duplex.isToServerPending()) {
            if (length > 0) {
                raw.write(bytes, offset, length);
            }
            return;
        }
        BufferedOutputStream together = new BufferedOutputStream(raw, TOGETHER);
        together.write(bytes, offset, length);
        sendDue(together);
    }

    private void sendDue() throws IOException {
        if (duplex.isToServerPending()) {
            sendDue(new BufferedOutputStream(socket.out(), TOGETHER));
        }
    }

    private void sendDue(OutputStream together) throws IOException {
        for (Backlog.Piece piece = duplex.poll(); piece != null; piece = duplex.poll()) {
            together.write(piece.array(), piece.from(), piece.length());
        }
        together.flush();
    }

    static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while the peer was slow");
    }

    /** For who sends what must keep its order. */
    ReentrantLock sending() {
        return sending;
    }

    /** Refuses to write what can't arrive. */
    void requireWritable() throws SocketException {
        requireOpen();
        if (cut) {
            throw new SocketException(RESET);
        }
    }

    /** Whether a reader waits for the server without end. */
    boolean isUnwatched() {
        return unwatched.get();
    }

    void requireOpen() throws SocketException {
        requireOpen(STREAM_OF_CLOSED);
    }

    private void requireOpen(String otherwise) throws SocketException {
        if (closed && !cut) {
            throw new SocketException(otherwise);
        }
    }
}
