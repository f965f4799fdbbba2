// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.nio.ByteBuffer;

/** What is to go one way through a filter; under the lock of that. */
final class Side {

    final Backlog backlog;
    final Lent lent = new Lent();

    /** Its last has been said. */
    private boolean over;

    Side() {
        backlog = new Backlog(lent);
    }

    /**
     * Bytes have come: what passes may stay where it is as long as nothing is before it.
     *
     * @param lends whether the rest need not be copied until the array is taken back
     */
    ByteBuffer begin(byte[] array, int offset, int length, boolean lends) {
        return lent.begin(array, offset, length, backlog.isEmpty(), lends);
    }

    /** The filter has said all about them; who lent the array waits only if something of it is to go. */
    void decided() {
        lent.decided();
        if (backlog.isEmpty()) {
            lent.takenBack();
        }
    }

    void add(ByteBuffer bytes) {
        if (!backlog.isEmpty() || !lent.keeps(bytes)) {
            backlog.add(bytes);
        }
    }

    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }
}
