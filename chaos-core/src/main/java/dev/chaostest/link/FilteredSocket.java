// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A socket whose bytes pass a filter: the mount inside the client's own process, with no port and no thread of its own.
 *
 * <p>The server sees what the filter lets through. The client sees a slow or lost peer and nothing else: {@code
 * SO_TIMEOUT} ends a held read with {@link SocketTimeoutException}, and the wait goes on with the next read;
 * {@link #close} from another thread, an interrupt ({@link InterruptedIOException}, the flag stays set) and {@link
 * Hold#release} end it within {@value #SLICE_MILLIS} ms. After a cut, reads deliver what came before it and then the end
 * of the stream; writes fail.
 *
 * <p>Not affected: connecting, options, addresses. Who waits is the reader: bytes that are held on their way to the
 * server are kept, and sent when they are due by whoever reads or writes next. With more than {@value #KEPT_MAX} bytes
 * kept, the writer waits too.
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
    private static final int SLICE_MILLIS = 10;
    private static final int PEEK_MAX = 8192;

    private final Duplex duplex;
    private final LongSupplier nanoClock;
    private final ReentrantLock sending = new ReentrantLock();
    private final AtomicReference<@Nullable InputStream> input = new AtomicReference<>();
    private final AtomicReference<@Nullable OutputStream> output = new AtomicReference<>();
    private volatile int soTimeout;
    private volatile boolean cut;
    private volatile int appliedTimeout;

    /**
     * A socket that is not connected yet.
     *
     * @param filter what becomes of the bytes; for this connection alone
     * @param nanoClock the time in nanoseconds, from any origin, never going back
     */
    public FilteredSocket(Filter filter, LongSupplier nanoClock) {
        this.duplex = new Duplex(filter, nanoClock);
        this.nanoClock = nanoClock;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream raw = super.getInputStream();
        input.compareAndSet(null, new Input(raw));
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
        super.setSoTimeout(timeout);
        soTimeout = timeout;
        appliedTimeout = timeout;
    }

    @Override
    public int getSoTimeout() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        return soTimeout;
    }

    @Override
    public void close() throws IOException {
        try {
            super.close();
        } finally {
            duplex.gone();
        }
    }

    private void cutNow() throws IOException {
        cut = true;
        super.close();
        duplex.cutDone();
    }

    /** Sends what is due, unless another thread is at it, and carries out a cut that is. */
    private void pump() throws IOException {
        if (cut) {
            return;
        }
        if (duplex.isToServerPending() && sending.tryLock()) {
            try {
                sendDue();
            } finally {
                sending.unlock();
            }
        }
        if (duplex.isCutDue()) {
            cutNow();
        }
    }

    private void sendDue() throws IOException {
        OutputStream raw = super.getOutputStream();
        for (Backlog.Piece piece = duplex.poll(); piece != null; piece = duplex.poll()) {
            raw.write(piece.array(), piece.from(), piece.length());
        }
    }

    private static void pause(long nanos) throws InterruptedIOException {
        LockSupport.parkNanos(Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(SLICE_MILLIS)));
        requireNotInterrupted();
    }

    private static void requireNotInterrupted() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while the peer was slow");
        }
    }

    private void requireOpen() throws SocketException {
        if (isClosed() && !cut) {
            throw new SocketException("Socket closed");
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
                throw new SocketException("Connection reset");
            }
            sending.lock();
            try {
                duplex.clientSends(bytes, offset, length);
                try {
                    sendDue();
                } finally {
                    duplex.clientTakesBack();
                }
            } finally {
                sending.unlock();
            }
            pump();
            while (duplex.bytesToServer() > KEPT_MAX && !isClosed()) {
                pause(Long.MAX_VALUE);
                pump();
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

    /** What the client reads. */
    private final class Input extends InputStream {

        private final InputStream raw;

        Input(InputStream raw) {
            this.raw = raw;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            Deadline deadline = new Deadline(soTimeout, nanoClock);
            while (true) {
                requireOpen();
                pump();
                int taken = duplex.take(bytes, offset, length);
                if (taken > 0) {
                    return taken;
                }
                if (cut) {
                    int rest = duplex.take(bytes, offset, length);
                    return rest > 0 ? rest : -1;
                }
                int received = await(bytes, offset, length, deadline);
                if (received != 0) {
                    return received;
                }
            }
        }

        /** Waits once; answers the bytes that came, -1 for the end, 0 for nothing yet. */
        private int await(byte[] bytes, int offset, int length, Deadline deadline) throws IOException {
            // Not "is it held": a hold that has just become due leaves bytes here, and the server may send no more.
            if (duplex.isToClientPending()) {
                deadline.check();
                if (duplex.isToClientHeld()) {
                    pause(deadline.left());
                }
                return 0;
            }
            boolean held = duplex.isToServerPending();
            if (held) {
                requireNotInterrupted();
            }
            int received;
            try {
                applyTimeout(deadline.slice(held ? SLICE_MILLIS : 0));
                received = raw.read(bytes, offset, length);
            } catch (SocketTimeoutException sliceOver) {
                deadline.check();
                return 0;
            }
            return received < 0 ? received : passed(bytes, offset, received);
        }

        private int passed(byte[] bytes, int offset, int received) throws IOException {
            int inPlace = duplex.serverSent(bytes, offset, received);
            pump();
            return inPlace;
        }

        private void applyTimeout(int millis) throws SocketException {
            if (millis != appliedTimeout) {
                FilteredSocket.super.setSoTimeout(millis);
                appliedTimeout = millis;
            }
        }

        /** Counts only what the next read returns at once: the filter may swallow what the server sent. */
        @Override
        public int available() throws IOException {
            requireOpen();
            pump();
            int ready = duplex.ready();
            if (ready > 0 || cut || duplex.isToClientHeld()) {
                return ready;
            }
            int waiting = Math.min(raw.available(), PEEK_MAX);
            if (waiting > 0) {
                byte[] peeked = new byte[waiting];
                int received = raw.read(peeked, 0, waiting);
                if (received > 0) {
                    duplex.serverPeeked(peeked, received);
                    pump();
                }
            }
            return duplex.ready();
        }

        @Override
        public void close() throws IOException {
            FilteredSocket.this.close();
        }
    }
}
