// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Steps;
import java.nio.ByteBuffer;

/**
 * What becomes of a client's wish to encrypt its connection. Where it is passed on and the server agrees, what follows can't be
 * understood, and passes untouched.
 *
 * <p>Source: PostgreSQL protocol, "SSL Session Encryption" and "GSSAPI Session Encryption".
 */
public final class Encryption {

    /** The first byte of a TLS client that does not ask: {@code sslnegotiation=direct}. */
    private static final byte TLS_RECORD = 0x16;

    /** What is done about such a wish. */
    public enum Policy {
        /** The client is told that there is none. */
        REFUSED,
        /** It is the server's to answer, and if it agrees no rule can look inside: who owns the mount says so. */
        PASSED,
        /** It is the server's to answer, and another filter reads what was encrypted. */
        READ_ABOVE
    }

    private final Policy policy;
    private final BlindSpots blind;
    private boolean begun;
    private boolean asked;
    private boolean refused;

    public Encryption(Policy policy, BlindSpots blind) {
        this.policy = policy;
        this.blind = blind;
    }

    /** A client asks; answers whether the server is to hear of it. */
    boolean isPassed() {
        asked = policy != Policy.REFUSED;
        refused = !asked;
        return asked;
    }

    /** Whether a client was told that there is none. */
    boolean isRefused() {
        return refused;
    }

    /** Sees what a client sends; answers whether it encrypts without asking. */
    boolean beginsWith(ByteBuffer bytes) {
        boolean direct =
                !begun && policy != Policy.REFUSED && bytes.hasRemaining() && bytes.get(bytes.position()) == TLS_RECORD;
        begun = true;
        if (direct) {
            encrypted();
        }
        return direct;
    }

    /** Takes the server's answer, one byte and no message, out of the stream; answers whether it agrees. */
    boolean agrees(ByteBuffer bytes, Steps steps) {
        if (!asked || !bytes.hasRemaining()) {
            return false;
        }
        asked = false;
        byte answer = bytes.get(bytes.position());
        if (answer == 'E') { // a server that never heard of it answers by an error
            return false;
        }
        int limit = bytes.limit();
        steps.toClient(bytes.limit(bytes.position() + 1));
        bytes.limit(limit);
        boolean agreed = answer != 'N';
        if (agreed) {
            encrypted();
        }
        return agreed;
    }

    private void encrypted() {
        if (policy == Policy.PASSED) {
            blind.add(this);
        }
    }

    void closed() {
        blind.remove(this);
    }
}
