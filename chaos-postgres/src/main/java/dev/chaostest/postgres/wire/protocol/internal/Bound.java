// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a client bound to a portal.
 *
 * @param statement the name of the prepared statement
 * @param values the rest of the message: formats and values
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Bound(String statement, byte[] values) {

    private static final int HEADER = 5;

    /** The last Bind among whole messages; null if there is none. */
    public static @Nullable Bound last(ByteBuffer messages) {
        Bound last = null;
        ByteBuffer rest = messages.slice();
        while (rest.remaining() >= HEADER) {
            int length = rest.getInt(rest.position() + 1) + 1;
            if (length < HEADER || length > rest.remaining()) {
                return null;
            }
            if (rest.get(rest.position()) == 'B') {
                last = read(rest.slice(rest.position() + HEADER, length - HEADER));
            }
            rest.position(rest.position() + length);
        }
        return last;
    }

    private static Bound read(ByteBuffer body) {
        Messages.read(body);
        String statement = Messages.read(body);
        byte[] values = new byte[body.remaining()];
        body.get(values);
        return new Bound(statement, values);
    }

    /** The same again, to another portal. */
    public ByteBuffer message(String portal) {
        return Messages.message('B', Messages.text(portal), Messages.text(statement), values);
    }
}
