// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.link.toxic.Chunk;
import dev.chaostest.link.toxic.Signal;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Carries the bytes of one direction of a connection: reads here, writes there.
 *
 * <p>The buffer is small until a read fills it, so an idle connection takes little memory and a busy one is fast.
 */
final class Pump implements Peer, Onward {

    private static final int SMALL = 4 << 10;
    private static final int LARGE = 64 << 10;
    private static final int QUIET_READS = 64;

    private final Connection connection;
    private final Socket source;
    private final Socket sink;
    private final Flow flow;
    private final Talk talk;
    private final boolean isClients;
    private Sluice sluice = new Sluice.Open(this);
    private int quiet;

    /** What was read before its time. */
    private byte[] ahead = {};

    /** @param isClients whether the source is the client's socket */
    Pump(Connection connection, Socket source, Socket sink, Flow flow, Talk talk, boolean isClients) {
        this.connection = connection;
        this.source = source;
        this.sink = sink;
        this.flow = flow;
        this.talk = talk;
        this.isClients = isClients;
    }

    /** Before it begins: what is read passes that first. */
    void through(Sluice instead) {
        sluice = instead;
    }

    Sluice sluice() {
        return sluice;
    }

    Flow flow() {
        return flow;
    }

    Socket source() {
        return source;
    }

    /** Reads until there is no more; for a thread of its own. */
    void read() {
        try {
            byte[] buffer = new byte[SMALL];
            for (int n = readInto(buffer); n >= 0; n = readInto(buffer)) {
                if (!sluice.take(buffer, n)) {
                    return;
                }
                buffer = fitting(buffer, n);
            }
            ended(Signal.END);
        } catch (ReadFailed e) { // we closed it, or its peer broke it
            ended(Signal.RESET);
        } catch (IOException e) {
            broken();
        } catch (InterruptedException e) { // whoever interrupts wants this thread to end
            connection.closeAll();
        }
    }

    private void ended(Signal how) {
        if (isClients) {
            talk.leaves();
        }
        try {
            sluice.take(connection.isGone(source) ? Signal.SILENCE : how);
        } catch (IOException e) {
            broken();
        } catch (InterruptedException e) { // as above
            connection.closeAll();
        }
    }

    private int readInto(byte[] buffer) throws ReadFailed {
        if (ahead.length > 0) {
            int known = Math.min(ahead.length, buffer.length);
            System.arraycopy(ahead, 0, buffer, 0, known);
            ahead = Arrays.copyOfRange(ahead, known, ahead.length);
            return known;
        }
        try {
            int read = source.getInputStream().read(buffer);
            if (isClients) {
                talk.says();
            }
            return read;
        } catch (IOException e) {
            throw new ReadFailed(e);
        }
    }

    /** Whether the source has said its last, as far as can be seen; what it said before is kept. Only before {@link #read}. */
    boolean hasEnded() {
        try {
            source.setSoTimeout(1);
            try {
                return isEndAhead();
            } finally {
                source.setSoTimeout(0);
            }
        } catch (SocketTimeoutException silent) {
            return false;
        } catch (IOException broken) {
            return true;
        }
    }

    private boolean isEndAhead() throws IOException {
        byte[] more = new byte[SMALL];
        while (ahead.length < LARGE) { // a client that says more than that before it hears anything is there
            int read = source.getInputStream().read(more);
            if (read < 0) {
                return true;
            }
            int known = ahead.length;
            ahead = Arrays.copyOf(ahead, known + read);
            System.arraycopy(more, 0, ahead, known, read);
        }
        return false;
    }

    /** The stream is asked for here: that the sink is gone matters when there is something to say. */
    @Override
    public boolean forward(byte[] bytes, int from, int length) throws IOException, InterruptedException {
        Flow.Put put = flow.isPlain() ? Flow.Put.PLAIN : flow.put(Chunk.copyOf(bytes, from, length));
        if (put == Flow.Put.PLAIN) {
            speaks();
            sink.getOutputStream().write(bytes, from, length);
        }
        return put != Flow.Put.OVER;
    }

    @Override
    public boolean isDirect() {
        return flow.isPlain();
    }

    @Override
    public void forward(Signal signal) {
        if (flow.put(signal) == Flow.Put.PLAIN) {
            deliver(signal);
        }
    }

    @Override
    public void needDrainer(Sluice waiting) {
        connection.start(() -> drain(waiting));
    }

    private void drain(Sluice waiting) {
        try {
            waiting.drain();
        } catch (IOException e) {
            broken();
        } catch (InterruptedException e) { // whoever interrupts wants this thread to end
            connection.closeAll();
        }
    }

    /** Large once a read filled it, small again after many reads that would have fitted. */
    private byte[] fitting(byte[] buffer, int read) {
        if (read == buffer.length && read < LARGE) {
            quiet = 0;
            return new byte[LARGE];
        }
        if (buffer.length == SMALL) {
            return buffer;
        }
        quiet = read <= SMALL ? quiet + 1 : 0;
        return quiet < QUIET_READS ? buffer : new byte[SMALL];
    }

    /** Writes what is due until the flow is over; for a thread of its own. */
    void write() {
        try {
            for (Piece piece = flow.take(); piece != null; piece = flow.take()) {
                if (piece.chunk() != null) {
                    speaks();
                    piece.chunk().writeTo(sink.getOutputStream());
                } else if (piece.signal() != null) {
                    deliver(piece.signal());
                }
            }
        } catch (IOException e) {
            broken();
        } catch (InterruptedException e) { // whoever interrupts wants this thread to end
            connection.closeAll();
        }
    }

    private void deliver(Signal signal) {
        switch (signal) {
            case END -> connection.shutdown(sink);
            case RESET -> reset();
            case CLOSE -> {
                connection.shutdown(sink);
                closeAll();
            }
            case SILENCE -> {}
        }
        flow.end();
        connection.ended(this);
    }

    /** What comes can't be written any more: the peer there is gone. */
    private void broken() {
        flow.end();
        sluice.over();
        connection.broken(this);
    }

    /** What is written now is heard there. */
    private void speaks() {
        if (!isClients) {
            talk.hears();
        }
    }

    @Override
    public long heard() {
        return talk.heard();
    }

    @Override
    public void reset() {
        connection.reset(sink);
    }

    @Override
    public void close() {
        connection.closeAll();
    }

    @Override
    public void closeAll() {
        connection.closeAll();
    }

    @Override
    public void failed(Throwable why) {
        connection.failed(why);
    }

    /** Tells which side failed. */
    private static final class ReadFailed extends IOException {
        private static final long serialVersionUID = 1L;

        ReadFailed(@Nullable Throwable cause) {
            super(cause);
        }
    }
}
