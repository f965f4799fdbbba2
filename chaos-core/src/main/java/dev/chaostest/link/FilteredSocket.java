// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.function.LongSupplier;

/**
 * A socket whose bytes pass a filter: the mount inside the client's own process, with no port and no thread of its own.
 *
 * <p>The server sees what the filter lets through. The client sees a slow or lost peer and nothing else: {@code
 * SO_TIMEOUT} ends a held read with {@link SocketTimeoutException}, and the wait goes on with the next read;
 * {@link #close} from another thread, an interrupt ({@link InterruptedIOException}, the flag stays set) and {@link
 * Hold#release} end it, on the way to the server within 10 ms. After a cut, reads deliver what came before it and then the end
 * of the stream, or fail if it was a {@linkplain CutKind#RST reset}; writes fail. A filter that throws ends the connection, and its exception is the client's.
 *
 * <p>Not affected: connecting, options, addresses. Who waits is the reader: bytes that are held on their way to the
 * server are kept, and sent when they are due by whoever reads or writes next. The writer waits too with more than
 * 8 MiB kept, or where another thread is reading already.
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

    private final FilteredStreams streams;

    /**
     * A socket that is not connected yet.
     *
     * @param filter what becomes of the bytes; for this connection alone
     * @param nanoClock the time in nanoseconds, from any origin, never going back
     */
    public FilteredSocket(Filter filter, LongSupplier nanoClock) {
        this.streams = new FilteredStreams(new Raw(), filter, nanoClock);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return streams.input();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return streams.output();
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        streams.setTimeout(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return streams.timeout();
    }

    @Override
    public void close() throws IOException {
        streams.close();
    }

    /** The socket as it is without a filter. */
    private final class Raw implements FilteredStreams.Raw {
        @Override
        public InputStream in() throws IOException {
            return FilteredSocket.super.getInputStream();
        }

        @Override
        public OutputStream out() throws IOException {
            return FilteredSocket.super.getOutputStream();
        }

        @Override
        public void timeout(int millis) throws SocketException {
            FilteredSocket.super.setSoTimeout(millis);
        }

        @Override
        public void linger() throws SocketException {
            FilteredSocket.super.setSoLinger(true, 0);
        }

        @Override
        public void end() throws IOException {
            FilteredSocket.super.close();
        }
    }
}
