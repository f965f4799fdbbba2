// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What the client reads from a filtered socket; the reader is the one who waits. */
final class FilteredInput extends InputStream {

    private static final int PEEK_MAX = 8192;

    private final FilteredStreams socket;
    private final Duplex duplex;
    private final InputStream raw;
    private final LongSupplier nanoClock;
    private final Deadline endless;
    private boolean atEnd;

    FilteredInput(FilteredStreams socket, Duplex duplex, InputStream raw, LongSupplier nanoClock) {
        this.socket = socket;
        this.duplex = duplex;
        this.raw = raw;
        this.nanoClock = nanoClock;
        this.endless = new Deadline(0, nanoClock);
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
        if (atEnd) { // said once, a socket says it again even when it is closed
            return -1;
        }
        Deadline deadline = deadline(socket.readTimeout());
        while (true) {
            socket.requireOpen();
            socket.pump();
            int taken = duplex.take(bytes, offset, length);
            if (taken > 0) {
                return taken;
            }
            if (socket.isCut()) {
                int rest = duplex.take(bytes, offset, length);
                return rest > 0 ? rest : socket.endOfCut();
            }
            if (deadline.isEndless() && duplex.isHopeless()) {
                socket.giveUp();
                continue;
            }
            int received = await(bytes, offset, length, deadline);
            if (received != 0) {
                return received;
            }
        }
    }

    private Deadline deadline(int soTimeout) {
        return soTimeout == 0 ? endless : new Deadline(soTimeout, nanoClock);
    }

    /** Waits once; answers the bytes that came, -1 for the end, 0 for nothing yet. */
    private int await(byte[] bytes, int offset, int length, Deadline deadline) throws IOException {
        // Not "is it held": a hold that has just become due leaves bytes here, and the server may send no more.
        if (duplex.isToClientPending()) {
            deadline.check();
            await(deadline);
            return 0;
        }
        int received;
        try {
            socket.unwatched(); // before it looks for what is held: a writer that holds more looks here afterwards
            int slice = slice();
            if (slice > 0) {
                socket.watched();
            }
            socket.applyTimeout(deadline.slice(slice));
            received = raw.read(bytes, offset, length);
        } catch (SocketTimeoutException sliceOver) {
            deadline.check();
            return 0;
        } catch (IOException closed) {
            if (socket.isCut()) { // by a writer
                return 0;
            }
            throw closed;
        } finally {
            socket.watched();
        }
        if (received < 0 && socket.isCut()) { // as above, in the words of TLS
            return 0;
        }
        atEnd = received < 0;
        return atEnd ? received : passed(bytes, offset, received);
    }

    private int passed(byte[] bytes, int offset, int received) throws IOException {
        try {
            int inPlace = duplex.serverSent(bytes, offset, received);
            socket.pump();
            return inPlace;
        } catch (RuntimeException e) {
            throw socket.failed(e);
        }
    }

    /** The milliseconds until it may be time to send what is held; 0 if nothing is. */
    private int slice() throws InterruptedIOException {
        if (!duplex.isToServerPending()) {
            return duplex.isStalled() ? FilteredStreams.SLICE_MILLIS : 0;
        }
        if (Thread.currentThread().isInterrupted()) {
            throw FilteredStreams.interrupted();
        }
        long due = TimeUnit.NANOSECONDS.toMillis(duplex.heldToServer()) + 1;
        return (int) Math.min(FilteredStreams.SLICE_MILLIS, due);
    }

    private void await(Deadline deadline) throws InterruptedIOException {
        try {
            duplex.awaitToClient(deadline.isEndless() ? duplex.patience() : deadline.left());
        } catch (InterruptedException e) {
            throw FilteredStreams.interrupted();
        }
    }

    /** Counts only what the next read returns at once: the filter may swallow what the server sent. */
    @Override
    public int available() throws IOException {
        socket.requireOpen();
        socket.pump();
        int ready = duplex.ready();
        if (ready > 0 || socket.isCut() || duplex.isToClientHeld()) {
            return ready;
        }
        int waiting = Math.min(raw.available(), PEEK_MAX);
        if (waiting > 0) {
            byte[] peeked = new byte[waiting];
            int received = raw.read(peeked, 0, waiting);
            if (received > 0) {
                peeked(peeked, received);
            }
        }
        return duplex.ready();
    }

    private void peeked(byte[] bytes, int received) throws IOException {
        try {
            duplex.serverPeeked(bytes, received);
            socket.pump();
        } catch (RuntimeException e) {
            throw socket.failed(e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
