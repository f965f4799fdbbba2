// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** What the client writes to a socket with a filter. */
final class FilteredOutput extends OutputStream {

    private final FilteredStreams streams;
    private final Duplex duplex;
    private final OutputStream raw;

    FilteredOutput(FilteredStreams streams, Duplex duplex, OutputStream raw) {
        this.streams = streams;
        this.duplex = duplex;
        this.raw = raw;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        streams.requireWritable();
        streams.sending().lock();
        try {
            send(bytes, offset, length);
        } catch (RuntimeException e) {
            throw streams.failed(e);
        } finally {
            streams.sending().unlock();
        }
        streams.pump();
        while (mustWait() && !streams.isClosed()) {
            await();
            streams.pump();
        }
    }

    private void send(byte[] bytes, int offset, int length) throws IOException {
        int asItIs = duplex.clientSends(bytes, offset, length);
        boolean borrowed = duplex.isToServerPending();
        try {
            streams.send(raw, bytes, offset, asItIs);
        } finally {
            if (borrowed) {
                duplex.clientTakesBack();
            }
        }
    }

    private boolean mustWait() {
        return duplex.bytesToServer() > FilteredStreams.KEPT_MAX
                || (streams.isUnwatched() && duplex.isToServerPending());
    }

    private void await() throws InterruptedIOException {
        try {
            duplex.awaitToServer();
        } catch (InterruptedException e) {
            throw FilteredStreams.interrupted();
        }
    }

    @Override
    public void flush() throws IOException {
        raw.flush();
    }

    @Override
    public void close() throws IOException {
        streams.close();
    }
}
