// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.link.Ends;
import dev.chaostest.link.TcpLink;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One connection on which a fault is to strike, opened when it is first asked for. */
final class Conversation {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChaosScope scope;
    private final VirtualTime time;
    private final Ends ends;
    private final TcpLink link;
    private final int firedBefore;
    private Ends.@Nullable Both both;

    Conversation(ChaosScope scope, VirtualTime time, Ends ends, TcpLink link) {
        this.scope = scope;
        this.time = time;
        this.ends = ends;
        this.link = link;
        this.firedBefore = scope.fired().size();
    }

    VirtualTime time() {
        return time;
    }

    /** A client alone; null if it was reset so soon that its connect failed. */
    @Nullable
    Socket client() throws IOException {
        try {
            return ends.client(link);
        } catch (SocketException tooSoon) {
            assertThat(tooSoon).hasMessageStartingWith("Connection reset");
            return null;
        }
    }

    /** The server's end of the connection that came next. */
    Socket server() throws IOException {
        return ends.server();
    }

    Ends.Both both() throws IOException {
        Ends.Both open = both == null ? ends.connect(link) : both;
        both = open;
        return open;
    }

    /** Whether the connection is open already. */
    boolean isOpen() {
        return both != null;
    }

    /** Does something, and waits until a fault has struck since this conversation was begun. */
    void untilFired(Act act) throws Exception {
        try (Watch fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            act.run();
            if (scope.fired().size() == firedBefore) {
                fired.await(PATIENCE);
            }
        }
    }

    /** Something that may fail. */
    interface Act {
        void run() throws Exception;
    }
}
