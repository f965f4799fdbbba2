// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.LinkClients;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is known of the clients of a PostgreSQL: of a driver of this process a lot, of others nothing.
 *
 * @param timed whether reads of the socket with that address end by themselves; empty for sockets that are not ours
 */
public record PostgresClients(Function<SocketAddress, Optional<Boolean>> timed) implements LinkClients {

    /** Whose statement or connect a time-out of the driver is about can't be seen: it may be this one. */
    @Override
    public boolean giveUp(SocketAddress client, Duration waited, boolean connecting) {
        return timed.apply(client).orElse(false)
                || Hopeless.isTimed(waited)
                || (connecting && Hopeless.isAnyConnecting());
    }

    @Override
    public String advice() {
        return "Set its time-out for reads above the longest statement: socketTimeout=30 (seconds) for pgjdbc, the setting of "
                + "its own for another client; or give the code a time-out that frees it.";
    }
}
