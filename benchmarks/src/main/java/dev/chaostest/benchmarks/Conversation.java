// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What pgjdbc and the server say to each other about {@code SELECT 1}: connect, prepare, and then the same round trip
 * for ever. Source: PostgreSQL protocol, "Message Formats"; recorded from pgjdbc 42.7.14.
 */
enum Conversation {
    CONNECT(
            client().begin(0)
                    .int32(3 << 16)
                    .text("user", "test", "database", "test", "client_encoding", "UTF8", "")
                    .end(),
            server().begin('R')
                    .int32(0)
                    .end()
                    .begin('S')
                    .text("server_version", "18.6")
                    .end()
                    .begin('K')
                    .int32(4711)
                    .int32(815)
                    .end()
                    .begin('Z')
                    .byte1('I')
                    .end()),
    PREPARE(
            client().begin('P')
                    .text("S_1", "SELECT 1")
                    .int16(0)
                    .end()
                    .add(selectOnce().begin('D').byte1('P').text("").end())
                    .add(execute()),
            server().begin('1')
                    .end()
                    .begin('2')
                    .end()
                    .begin('T')
                    .int16(1)
                    .text("?column?")
                    .int32(0)
                    .int16(0)
                    .int32(23)
                    .int16(4)
                    .int32(-1)
                    .int16(1)
                    .end()
                    .add(row())),
    SELECT(selectOnce().add(execute()), server().begin('2').end().add(row()));

    private final byte[] request;
    private final byte[] answer;

    Conversation(Message request, Message answer) {
        this.request = request.bytes();
        this.answer = answer.bytes();
    }

    byte[] request() {
        return request;
    }

    byte[] answer() {
        return answer;
    }

    /** The one that this is, to the last byte. */
    static Conversation of(byte[] bytes, int offset, int length) throws IOException {
        for (Conversation each : values()) {
            if (Arrays.equals(each.request, 0, each.request.length, bytes, offset, offset + length)) {
                return each;
            }
        }
        throw new IOException("A request must arrive as it was sent, but " + length + " bytes were something else.");
    }

    private static Message selectOnce() {
        return client().begin('B')
                .text("", "S_1")
                .int16(0)
                .int16(0)
                .int16(1)
                .int16(1)
                .end();
    }

    private static Message execute() {
        return client().begin('E').text("").int32(0).end().begin('S').end();
    }

    private static Message row() {
        return server().begin('D')
                .int16(1)
                .int32(4)
                .int32(1)
                .end()
                .begin('C')
                .text("SELECT 1")
                .end()
                .begin('Z')
                .byte1('I')
                .end();
    }

    private static Message client() {
        return new Message();
    }

    private static Message server() {
        return new Message();
    }

    /** Messages in a row. */
    private static final class Message {
        private final ByteArrayOutputStream all = new ByteArrayOutputStream();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final DataOutputStream data = new DataOutputStream(body);
        private int type;

        /** Begins a message; 0 for the one without a type. */
        Message begin(int type) {
            this.type = type;
            return this;
        }

        Message byte1(int value) {
            return put(() -> data.writeByte(value));
        }

        Message int16(int value) {
            return put(() -> data.writeShort(value));
        }

        Message int32(int value) {
            return put(() -> data.writeInt(value));
        }

        Message text(String... texts) {
            for (String text : texts) {
                put(() -> data.write((text + "\0").getBytes(StandardCharsets.UTF_8)));
            }
            return this;
        }

        Message end() {
            DataOutputStream out = new DataOutputStream(all);
            put(() -> {
                if (type != 0) {
                    out.writeByte(type);
                }
                out.writeInt(Integer.BYTES + body.size());
                out.write(body.toByteArray());
            });
            body.reset();
            return this;
        }

        Message add(Message other) {
            return put(() -> all.write(other.bytes()));
        }

        byte[] bytes() {
            return all.toByteArray();
        }

        private Message put(Put put) {
            try {
                put.run();
                return this;
            } catch (IOException e) {
                throw new UncheckedIOException("memory is full", e);
            }
        }

        private interface Put {
            void run() throws IOException;
        }
    }
}
