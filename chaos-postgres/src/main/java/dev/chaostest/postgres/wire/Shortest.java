// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

/** How short the body of a message may be, so that it can be read at all. Source: PostgreSQL protocol, "Message Formats". */
final class Shortest {

    private Shortest() {}

    /** Of a client's. */
    static int fromClient(int type) {
        return switch (type) {
            case 'F' -> Integer.BYTES;
            case 'C', 'D' -> 1;
            default -> 0;
        };
    }

    /** Of a server's. */
    static int fromServer(int type) {
        return switch (type) {
            case 'K' -> Integer.BYTES;
            case 'Z' -> 1;
            default -> 0;
        };
    }
}
