// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The replies that the server owes, in order.
 *
 * <p>Source: PostgreSQL protocol, "Extended Query" (an error makes the server skip to the next Sync) and "COPY
 * Operations" (a Sync that arrives during copy-in is ignored).
 */
final class Replies {

    private final Deque<Expected> owed = new ArrayDeque<>();
    private boolean skipping;
    private boolean copyIn;

    /** A message was sent; answers whether the server will look at it. */
    boolean add(Expected expected) {
        if (expected.kind() == Expected.Kind.SYNC) {
            if (copyIn) {
                return false;
            }
            skipping = false;
        } else if (skipping) {
            return false;
        }
        owed.add(expected);
        return true;
    }

    /** The one that a reply belongs to; those before it were not answered. Null if there is none. */
    @Nullable
    Expected of(byte reply) {
        Expected first = owed.peekFirst();
        if (first == null || first.kind().accepts(reply)) {
            return first;
        }
        if (owed.stream().noneMatch(expected -> expected.kind().accepts(reply))) {
            return null;
        }
        while (first != null && !first.kind().accepts(reply)) {
            owed.removeFirst();
            first = owed.peekFirst();
        }
        return first;
    }

    @Nullable
    Expected first() {
        return owed.peekFirst();
    }

    void answered() {
        owed.pollFirst();
    }

    /** The first one failed: takes it and those that the server now skips. */
    List<Expected> failed() {
        List<Expected> lost = new ArrayList<>();
        copyIn = false;
        while (!owed.isEmpty() && owed.getFirst().kind() != Expected.Kind.SYNC) {
            lost.add(owed.removeFirst());
        }
        skipping = owed.isEmpty();
        return lost;
    }

    /** The server waits for the client's data: it ignores the Syncs that it finds in between. */
    void copyInBegins() {
        copyIn = true;
        Expected first = owed.peekFirst();
        if (first != null && first.kind() == Expected.Kind.EXECUTE) {
            owed.removeIf(expected -> expected.kind() == Expected.Kind.SYNC);
        }
    }

    /** Whether the connection ends with one of them. */
    boolean hasCut() {
        for (Expected expected : owed) {
            Call call = expected.call();
            if (call != null && call.isCutAfter()) {
                return true;
            }
        }
        return false;
    }

    void copyInEnds() {
        copyIn = false;
    }

    boolean isCopyIn() {
        return copyIn;
    }

    List<Expected> all() {
        return List.copyOf(owed);
    }
}
