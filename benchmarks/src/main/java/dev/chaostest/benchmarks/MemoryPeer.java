// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketImpl;

/**
 * The other end of every socket of this process, in memory: it takes part in the {@link Conversation} and answers each
 * write at once. So what is measured over it is the code around the socket, not the network.
 */
final class MemoryPeer extends SocketImpl {

    private final byte[] sent = new byte[1024];
    private byte[] answer = {};
    private int read;

    /** From now on, in this process. */
    @SuppressWarnings("deprecation") // there is no other way in for a class that extends Socket
    static void behindAllSockets() throws IOException {
        Socket.setSocketImplFactory(MemoryPeer::new);
    }

    private void send(byte[] bytes, int offset, int length) throws IOException {
        if (read < answer.length) {
            throw new IOException("An answer must be read before the next request, but was not.");
        }
        System.arraycopy(bytes, offset, sent, 0, length);
        answer = Conversation.of(sent, 0, length).answer();
        read = 0;
    }

    private int receive(byte[] bytes, int offset, int length) {
        int part = Math.min(length, available());
        System.arraycopy(answer, read, bytes, offset, part);
        read += part;
        return part == 0 ? -1 : part;
    }

    @Override
    protected int available() {
        return answer.length - read;
    }

    @Override
    protected OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int one) {
                throw new UnsupportedOperationException("one byte is no request");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                send(bytes, offset, length);
            }
        };
    }

    @Override
    protected InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException("one byte is no answer");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                return receive(bytes, offset, length);
            }
        };
    }

    @Override
    protected void create(boolean stream) {}

    @Override
    protected void connect(String host, int port) {}

    @Override
    protected void connect(InetAddress address, int port) {}

    @Override
    protected void connect(SocketAddress address, int timeout) {}

    @Override
    protected void bind(InetAddress host, int port) {}

    @Override
    protected void listen(int backlog) {}

    @Override
    protected void accept(SocketImpl socket) {}

    @Override
    protected void close() {}

    @Override
    protected void sendUrgentData(int data) {}

    @Override
    public void setOption(int option, Object value) {}

    @Override
    public Object getOption(int option) {
        return 0;
    }
}
