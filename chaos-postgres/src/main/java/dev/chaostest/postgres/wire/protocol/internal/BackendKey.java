// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import java.nio.ByteBuffer;

/**
 * What names a backend in a cancel request. Source: PostgreSQL protocol, BackendKeyData and CancelRequest.
 *
 * @param pid the backend's process
 * @param secret 4 bytes, up to 256 from protocol 3.2 on; never printed
 */
public record BackendKey(int pid, ByteBuffer secret) {

    /** The most bytes of a message that holds it. */
    public static final int BYTES_MAX = Integer.BYTES + 256;

    /** Reads the rest of the buffer. */
    public static BackendKey read(ByteBuffer body) {
        int pid = body.getInt();
        byte[] secret = new byte[body.remaining()];
        body.get(secret);
        return new BackendKey(pid, ByteBuffer.wrap(secret).asReadOnlyBuffer());
    }

    @Override
    public String toString() {
        return "backend " + pid;
    }
}
