// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes frontend messages, and reads text out of messages. Source: PostgreSQL protocol, "Message Formats". */
final class Messages {

    private Messages() {}

    static ByteBuffer query(String sql) {
        return message('Q', text(sql));
    }

    static ByteBuffer parse(String statement, String sql) {
        return message('P', text(statement), text(sql), int16(0));
    }

    static ByteBuffer bind(String portal, String statement) {
        return message('B', text(portal), text(statement), int16(0), int16(0), int16(0));
    }

    static ByteBuffer execute(String portal) {
        return message('E', text(portal), new byte[Integer.BYTES]);
    }

    /** Of this many rows; the portal waits for the next ones to be asked for. */
    static ByteBuffer executeRows(String portal, int rows) {
        return message(
                'E',
                text(portal),
                ByteBuffer.allocate(Integer.BYTES).putInt(rows).array());
    }

    static ByteBuffer closePortal(String portal) {
        return message('C', new byte[] {'P'}, text(portal));
    }

    static ByteBuffer sync() {
        return message('S');
    }

    /** Has the server send what it has to say so far. */
    static ByteBuffer flush() {
        return message('H');
    }

    /** A cancel request that no backend is meant by: the server closes the connection, and that is all. */
    static ByteBuffer cancelNobody() {
        return ByteBuffer.allocate(16)
                .putInt(16)
                .putInt(80877102)
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
                .putInt(80877102)
                .putInt(key.pid())
                .put(secret)
                .flip();
    }

    static ByteBuffer joined(List<ByteBuffer> messages) {
        ByteBuffer all = ByteBuffer.allocate(
                messages.stream().mapToInt(ByteBuffer::remaining).sum());
        messages.forEach(all::put);
        return all.flip();
    }

    static ByteBuffer closeStatement(String statement) {
        return message('C', new byte[] {'S'}, text(statement));
    }

    static ByteBuffer message(char type, byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        ByteBuffer message = ByteBuffer.allocate(1 + Integer.BYTES + body.size());
        message.put((byte) type).putInt(Integer.BYTES + body.size()).put(body.toByteArray());
        return message.flip();
    }

    static byte[] text(String text) {
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
    static String read(ByteBuffer buffer) {
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
    static String read(ByteBuffer buffer, String guess) {
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
