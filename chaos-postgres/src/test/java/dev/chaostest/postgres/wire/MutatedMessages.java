// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.postgres.wire.protocol.internal.Messages;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** What one side says: mostly messages of the protocol, some of them with wrong bytes, and what it said up to now. */
final class MutatedMessages {

    private static final String CLIENT = "BCDEFHPQSXcdfpy";
    private static final String SERVER = "123ACDEGHIKNRSTVWZcdnstvy";
    private static final List<String> TEXTS = List.of(
            "",
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "SELECT 1",
            "UPDATE account SET balance = 1",
            "INSERT INTO account VALUES ($1, $2)",
            "COPY account FROM STDIN",
            "PREPARE TRANSACTION 'x'",
            "SELECT 1; COMMIT",
            "UPDATE 1",
            "SELECT 3",
            "SERROR\0C40001\0Mno\0",
            "s1\0SELECT 'a' -- ",
            "p1\0s1\0",
            "\"");

    private final RandomGenerator random;
    private final boolean client;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    MutatedMessages(RandomGenerator random, boolean client) {
        this.random = random;
        this.client = client;
    }

    byte[] next() {
        byte[] message = client && said.size() == 0 ? first() : message();
        if (random.nextInt(4) == 0) {
            mutate(message);
        }
        said.writeBytes(message);
        return message;
    }

    /** Not a request for TLS, which the filter answers by itself. */
    private byte[] first() {
        return RawMessages.startup(
                random.nextInt(20) == 0 ? random.nextInt(80_000_000) : (3 << 16) + 2 * random.nextInt(2));
    }

    private byte[] message() {
        String types = client ? CLIENT : SERVER;
        char type = random.nextInt(50) == 0 ? (char) random.nextInt(256) : types.charAt(random.nextInt(types.length()));
        return Messages.message(type, body(type)).array();
    }

    private byte[] body(char type) {
        if (!client && type == 'Z' && random.nextInt(10) > 0) {
            return new byte[] {(byte) "ITE".charAt(random.nextInt(3))};
        }
        return switch (random.nextInt(8)) {
            case 0 -> new byte[0];
            case 1 -> bytes(random.nextInt(16));
            case 2 -> bytes(random.nextInt(random.nextInt(20) == 0 ? 40_000 : 300));
            case 3 -> ByteBuffer.allocate(8).putInt(random.nextInt(14)).array();
            default -> text();
        };
    }

    private byte[] text() {
        String text = TEXTS.get(random.nextInt(TEXTS.size()));
        String name = random.nextInt(3) == 0 ? "s" + random.nextInt(3) : "";
        String all = random.nextBoolean() ? text : name + "\0" + text;
        return (all + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void mutate(byte[] message) {
        int times = 1 + random.nextInt(3);
        for (int n = 0; n < times; n++) {
            // The begin matters most: a length is wrong there, or a type.
            int within = random.nextBoolean() ? Math.min(8, message.length) : message.length;
            int at = random.nextInt(within);
            message[at] = random.nextBoolean()
                    ? (byte) (message[at] ^ 1 << random.nextInt(8))
                    : (byte) random.nextInt(random.nextBoolean() ? 256 : 4);
        }
    }

    /**
     * What is wrong with what arrived; empty if it is what was said, up to the last whole message at least.
     *
     * @param keepsBack whether Parse, Bind and Describe may wait for their Execute
     */
    String compare(byte[] arrived, boolean keepsBack) {
        byte[] all = said.toByteArray();
        int differs = Arrays.mismatch(all, arrived);
        String side = client ? "client" : "server";
        if (differs >= 0 && differs < arrived.length) {
            return side + ": byte " + differs + " of " + all.length + " differs";
        }
        int must = whole(all, keepsBack);
        return arrived.length >= must
                ? ""
                : side + ": only " + arrived.length + " bytes of " + must + " (" + all.length + ") arrived";
    }

    /** Up to where it must have passed: to the end of the last whole message, as far as anybody can tell them apart. */
    private int whole(byte[] all, boolean keepsBack) {
        ByteBuffer bytes = ByteBuffer.wrap(all);
        int at = 0;
        int kept = -1;
        boolean typed = !client;
        while (true) {
            int header = typed ? 5 : 4;
            if (all.length - at < header) {
                break;
            }
            int length = bytes.getInt(at + header - 4) - 4;
            if (length < 0 || length > (typed ? 0x4000_0000 : 10_000)) {
                at = all.length;
                kept = -1;
                break;
            }
            if (all.length - at - header < length) {
                break;
            }
            if (typed && keepsBack) {
                boolean keeps = "PBD".indexOf(all[at]) >= 0;
                kept = keeps ? (kept < 0 ? at : kept) : all[at] == 'E' ? kept : -1;
            }
            if (!typed) {
                int code = length < 4 ? 0 : bytes.getInt(at + header);
                if (code >> 16 != 3) {
                    return code == 80877103 || code == 80877104 || code == 80877102 ? 0 : all.length;
                }
                typed = true;
            }
            at += header + length;
        }
        return kept < 0 ? at : kept;
    }
}
