// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A socket whose bytes pass a filter: the mount inside the client's own process, with no port and no thread of its own.
 *
 * <p>The server sees what the filter lets through. The client sees a slow or lost peer and nothing else: {@code
 * SO_TIMEOUT} ends a held read with {@link SocketTimeoutException}, and the wait goes on with the next read;
 * {@link #close} from another thread, an interrupt ({@link InterruptedIOException}, the flag stays set) and {@link
 * Hold#release} end it, on the way to the server within {@value #SLICE_MILLIS} ms. After a cut, reads deliver what came before it and then the end
 * of the stream, or fail if it was a {@linkplain CutKind#RST reset}; writes fail. A filter that throws ends the connection, and its exception is the client's.
 *
 * <p>Not affected: connecting, options, addresses. Who waits is the reader: bytes that are held on their way to the
 * server are kept, and sent when they are due by whoever reads or writes next. The writer waits too with more than
 * {@value #KEPT_MAX} bytes kept, or where another thread is reading already.
 *
 * <pre>{@code
 * Socket socket = new FilteredSocket(filter, System::nanoTime);
 * socket.connect(address);
 * socket.getOutputStream().write(bytes);
 * }</pre>
 *
 * <p>Safe for one reading, one writing and any number of closing threads, as any socket.
 *
 * @since 0.1
 */
// Closing must never wait for a monitor that a parked thread holds.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
public final class FilteredSocket extends Socket {

    private static final int KEPT_MAX = 8 * 1024 * 1024;

    /** The longest blocking read while bytes are held on their way to the server: nothing else can end it early. */
    static final int SLICE_MILLIS = 10;

    /** The JDK's own words, which differ. */
    private static final String STREAM_OF_CLOSED = "Socket closed";

    private static final String RESET = "Connection reset";
    private static final String OPTION_OF_CLOSED = "Socket is closed";

    private final Duplex duplex;
    private final LongSupplier nanoClock;
    private final ReentrantLock sending = new ReentrantLock();
    private final AtomicReference<@Nullable InputStream> input = new AtomicReference<>();
    private final AtomicReference<@Nullable OutputStream> output = new AtomicReference<>();
    private volatile int soTimeout;
    private volatile boolean cut;
    private volatile boolean reset;

    /** As {@link #isClosed}, which takes a lock that costs more than the rest of a read. */
    private volatile boolean closed;

    /** A reader waits for the server without end, so only the writer can send what becomes due. */
    private volatile boolean unwatched;

    private volatile int appliedTimeout;

    /**
     * A socket that is not connected yet.
     *
     * @param filter what becomes of the bytes; for this connection alone
     * @param nanoClock the time in nanoseconds, from any origin, never going back
     */
    public FilteredSocket(Filter filter, LongSupplier nanoClock) {
        this.duplex = new Duplex(filter, nanoClock, this::end);
        this.nanoClock = nanoClock;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream raw = super.getInputStream();
        input.compareAndSet(null, new FilteredInput(this, duplex, raw, nanoClock));
        return present(input.get());
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        OutputStream raw = super.getOutputStream();
        output.compareAndSet(null, new Output(raw));
        return present(output.get());
    }

    private static <T> T present(@Nullable T value) throws SocketException {
        if (value == null) {
            throw new SocketException("Socket is not connected");
        }
        return value;
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        requireOpen(OPTION_OF_CLOSED);
        applyTimeout(timeout);
        soTimeout = timeout;
    }

    @Override
    public int getSoTimeout() throws SocketException {
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
            super.setSoTimeout(millis);
            appliedTimeout = millis;
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            super.close();
        } finally {
            duplex.gone();
        }
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
            super.setSoLinger(true, 0); // closing resets then
        }
        cut = true;
        super.close();
        duplex.cutDone();
    }

    /** Nothing would ever come, and the client would wait for it without end. */
    void giveUp() throws IOException {
        cut = true; // first: what was held is not to be sent
        super.close();
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

    void unwatched(boolean now) {
        unwatched = now;
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

    private void sendDue() throws IOException {
        if (!duplex.isToServerPending()) {
            return;
        }
        OutputStream raw = super.getOutputStream();
        for (Backlog.Piece piece = duplex.poll(); piece != null; piece = duplex.poll()) {
            raw.write(piece.array(), piece.from(), piece.length());
        }
    }

    static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while the peer was slow");
    }

    void requireOpen() throws SocketException {
        requireOpen(STREAM_OF_CLOSED);
    }

    private void requireOpen(String otherwise) throws SocketException {
        if (closed && !cut) {
            throw new SocketException(otherwise);
        }
    }

    /** What the client writes. */
    private final class Output extends OutputStream {

        private final OutputStream raw;

        Output(OutputStream raw) {
            this.raw = raw;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            requireOpen();
            if (cut) {
                throw new SocketException(RESET);
            }
            sending.lock();
            try {
                send(bytes, offset, length);
            } catch (RuntimeException e) {
                throw failed(e);
            } finally {
                sending.unlock();
            }
            pump();
            while (mustWait() && !isClosed()) {
                await();
                pump();
            }
        }

        private void send(byte[] bytes, int offset, int length) throws IOException {
            int asItIs = duplex.clientSends(bytes, offset, length);
            boolean borrowed = duplex.isToServerPending();
            try {
                if (asItIs > 0) {
                    raw.write(bytes, offset, asItIs);
                }
                sendDue();
            } finally {
                if (borrowed) {
                    duplex.clientTakesBack();
                }
            }
        }

        private boolean mustWait() {
            return duplex.bytesToServer() > KEPT_MAX || (unwatched && duplex.isToServerPending());
        }

        private void await() throws InterruptedIOException {
            try {
                duplex.awaitToServer();
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }

        @Override
        public void flush() throws IOException {
            raw.flush();
        }

        @Override
        public void close() throws IOException {
            FilteredSocket.this.close();
        }
    }
}
