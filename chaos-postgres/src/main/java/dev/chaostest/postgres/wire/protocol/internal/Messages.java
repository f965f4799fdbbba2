// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes frontend messages, and reads text out of messages. Source: PostgreSQL protocol, "Message Formats". */
public final class Messages {

    /** Where other messages of a beginning connection have the version. */
    public static final int CANCEL_REQUEST = 80877102;

    public static final int SSL_REQUEST = 80877103;
    public static final int GSS_REQUEST = 80877104;

    /** The major version, in the upper half. */
    public static final int PROTOCOL_3 = 3;

    private Messages() {}

    public static ByteBuffer query(String sql) {
        return message('Q', text(sql));
    }

    public static ByteBuffer parse(String statement, String sql) {
        return message('P', text(statement), text(sql), int16(0));
    }

    public static ByteBuffer bind(String portal, String statement) {
        return message('B', text(portal), text(statement), int16(0), int16(0), int16(0));
    }

    public static ByteBuffer execute(String portal) {
        return message('E', text(portal), new byte[Integer.BYTES]);
    }

    /** Of this many rows; the portal waits for the next ones to be asked for. */
    public static ByteBuffer executeRows(String portal, int rows) {
        return message(
                'E',
                text(portal),
                ByteBuffer.allocate(Integer.BYTES).putInt(rows).array());
    }

    public static ByteBuffer closePortal(String portal) {
        return message('C', new byte[] {'P'}, text(portal));
    }

    public static ByteBuffer sync() {
        return message('S');
    }

    /** Has the server send what it has to say so far. */
    public static ByteBuffer flush() {
        return message('H');
    }

    /** A cancel request that no backend is meant by: the server closes the connection, and that is all. */
    public static ByteBuffer cancelNobody() {
        return ByteBuffer.allocate(16)
                .putInt(16)
                .putInt(CANCEL_REQUEST)
                .putInt(0)
                .putInt(0)
                .flip();
    }

    /** A request to cancel what this backend does. */
    static ByteBuffer cancel(BackendKey key) {
        ByteBuffer secret = key.secret().duplicate();
        int length = 3 * Integer.BYTES + secret.remaining();
        return ByteBuffer.allocate(length)
                .putInt(length)
                .putInt(CANCEL_REQUEST)
                .putInt(key.pid())
                .put(secret)
                .flip();
    }

    public static ByteBuffer joined(List<ByteBuffer> messages) {
        ByteBuffer all = ByteBuffer.allocate(
                messages.stream().mapToInt(ByteBuffer::remaining).sum());
        messages.forEach(all::put);
        return all.flip();
    }

    public static ByteBuffer closeStatement(String statement) {
        return message('C', new byte[] {'S'}, text(statement));
    }

    public static ByteBuffer message(char type, byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        ByteBuffer message = ByteBuffer.allocate(1 + Integer.BYTES + body.size());
        message.put((byte) type).putInt(Integer.BYTES + body.size()).put(body.toByteArray());
        return message.flip();
    }

    public static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return java.util.Arrays.copyOf(bytes, bytes.length + 1);
    }

    private static byte[] int16(int value) {
        return new byte[] {(byte) (value >>> 8), (byte) value};
    }

    /**
     * Reads the text from the buffer's position to its NUL, or to the end where the message was cut; steps over it.
     *
     * @param buffer with an array
     */
    public static String read(ByteBuffer buffer) {
        int from = buffer.position();
        int to = from;
        while (to < buffer.limit() && buffer.get(to) != 0) {
            to++;
        }
        buffer.position(Math.min(to + 1, buffer.limit()));
        return from == to
                ? ""
                : new String(buffer.array(), buffer.arrayOffset() + from, to - from, StandardCharsets.UTF_8);
    }

    /** As {@link #read}, but gives the guess itself if that stands there: nothing is made for a name that comes again. */
    public static String read(ByteBuffer buffer, String guess) {
        int from = buffer.position();
        int end = from + guess.length();
        if (end >= buffer.limit() || buffer.get(end) != 0) {
            return read(buffer);
        }
        for (int i = 0; i < guess.length(); i++) {
            if (buffer.get(from + i) != guess.charAt(i)) { // never equal outside ASCII
                return read(buffer);
            }
        }
        buffer.position(end + 1);
        return guess;
    }
}
