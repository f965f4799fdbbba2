// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields of an ErrorResponse. Source: PostgreSQL protocol, "Error and Notice Message Fields". */
public record ErrorFields(Map<Character, String> fields) {

    /** What to do when the server wants TLS, which a seam that reads the protocol can't have. */
    public static final String TLS_HINT =
            "The connection goes through a chaos seam that reads the protocol, so it has no TLS."
                    + " Let the test server accept plain connections: a \"host\" line in pg_hba.conf for this address,"
                    + " and sslmode=disable in the client.";

    /** What to do when a role may not ask for the number of its transaction. */
    public static final String NUMBER_HINT =
            "While a chaos round is armed, the session is asked for the number of each transaction."
                    + " Grant the role EXECUTE on the function (and USAGE on the schema, where marks are written),"
                    + " or don't follow transactions in this test.";

    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String ADMIN_SHUTDOWN = "57P01";
    private static final String INVALID_AUTHORIZATION = "28000";

    /** A role that doesn't exist has the same state, and nothing to do with TLS; the routine is never translated. */
    private static final String BY_HBA_RULE = "ClientAuthentication";

    /** Reads the body of the message, from the buffer's position; a message that was cut gives what is there. */
    public static ErrorFields read(ByteBuffer body) {
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

    /** What ends a session, written in the server's name. */
    public static ErrorFields fatal(String state, String text) {
        Map<Character, String> fields = new LinkedHashMap<>();
        fields.put('S', "FATAL");
        fields.put('V', "FATAL");
        fields.put('C', state);
        fields.put('M', text);
        boolean full = state.equals(TOO_MANY_CONNECTIONS);
        fields.put('F', full ? "proc.c" : "postinit.c");
        fields.put('L', "1");
        fields.put('R', full ? "InitProcess" : "InitPostgres");
        return new ErrorFields(fields);
    }

    public String state() {
        return fields.getOrDefault('C', "an error without SQLSTATE");
    }

    /** Whether the session is over with it. */
    public boolean isFatal() {
        String severity = fields.getOrDefault('V', "");
        return severity.equals("FATAL") || severity.equals("PANIC");
    }

    public boolean isTermination() {
        return state().equals(ADMIN_SHUTDOWN);
    }

    /** Whether a rule in pg_hba.conf refused the connection. */
    public boolean isHbaRefusal() {
        return state().equals(INVALID_AUTHORIZATION) && BY_HBA_RULE.equals(fields.get('R'));
    }

    public boolean isForbidden() {
        return state().equals(INSUFFICIENT_PRIVILEGE);
    }

    /** The same error with another hint. */
    public ErrorFields withHint(String hint) {
        Map<Character, String> changed = new LinkedHashMap<>(fields);
        changed.put('H', hint);
        return new ErrorFields(changed);
    }

    /** The same error with another state and text. */
    public ErrorFields as(String state, String text) {
        Map<Character, String> changed = new LinkedHashMap<>(fields);
        changed.put('C', state);
        changed.put('M', text);
        return new ErrorFields(changed);
    }

    /** The same error without the block of ours in which it was raised. */
    public ErrorFields withoutContext() {
        Map<Character, String> changed = new LinkedHashMap<>(fields);
        changed.remove('W');
        return new ErrorFields(changed);
    }

    public ByteBuffer message() {
        byte[][] parts = new byte[fields.size() * 2 + 1][];
        int n = 0;
        for (Map.Entry<Character, String> field : fields.entrySet()) {
            parts[n++] = new byte[] {(byte) field.getKey().charValue()};
            parts[n++] = Messages.text(field.getValue());
        }
        parts[n] = new byte[1];
        return Messages.message('E', parts);
    }
}
