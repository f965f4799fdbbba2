// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields of an ErrorResponse. Source: PostgreSQL protocol, "Error and Notice Message Fields". */
record ErrorFields(Map<Character, String> fields) {

    /** What to do when the server wants TLS, which a seam that reads the protocol can't have. */
    static final String TLS_HINT = "The connection goes through a chaos seam that reads the protocol, so it has no TLS."
            + " Let the test server accept plain connections: a \"host\" line in pg_hba.conf for this address,"
            + " and sslmode=disable in the client.";

    private static final String INVALID_AUTHORIZATION = "28000";

    /** Reads the body of the message, from the buffer's position; a message that was cut gives what is there. */
    static ErrorFields read(ByteBuffer body) {
        Map<Character, String> fields = new LinkedHashMap<>();
        while (body.hasRemaining()) {
            char type = (char) (body.get() & 0xff);
            if (type == 0) {
                break;
            }
            fields.put(type, Messages.read(body));
        }
        return new ErrorFields(fields);
    }

    String state() {
        return fields.getOrDefault('C', "an error without SQLSTATE");
    }

    boolean isAuthorization() {
        return state().equals(INVALID_AUTHORIZATION);
    }

    /** The same error with another hint, as a message. */
    ByteBuffer withHint(String hint) {
        Map<Character, String> changed = new LinkedHashMap<>(fields);
        changed.put('H', hint);
        byte[][] parts = new byte[changed.size() * 2 + 1][];
        int n = 0;
        for (Map.Entry<Character, String> field : changed.entrySet()) {
            parts[n++] = new byte[] {(byte) field.getKey().charValue()};
            parts[n++] = Messages.text(field.getValue());
        }
        parts[n] = new byte[1];
        return Messages.message('E', parts);
    }
}
