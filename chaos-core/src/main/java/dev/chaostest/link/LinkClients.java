// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import dev.chaostest.plan.Durations;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * What is known of the clients of a link that their bytes do not show.
 *
 * <p>A client that waits for what a fault keeps from it, and that nobody frees within the {@linkplain
 * dev.chaostest.mount.LinkPatience patience} of the round, sees its connection reset, and the round is red with {@link #finding}.
 *
 * <pre>{@code
 * link.clients((client, waited, connecting) -> client.equals(patient));
 * }</pre>
 *
 * <p>Must be safe for use by many threads.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface LinkClients {

    /**
     * Whether a client will end its wait by itself, so that it is left alone; asked again and again while it waits.
     *
     * @param client its end of the connection
     * @param waited for how long it has
     * @param connecting whether it has not heard anything yet
     */
    boolean giveUp(SocketAddress client, Duration waited, boolean connecting);

    /** What has a client of that kind give up: one sentence or two. */
    default String advice() {
        return "Give the client a time-out for reads that is longer than an answer takes, or the code one that frees it.";
    }

    /**
     * What the round is told of a client that did not give up.
     *
     * @param limit the patience with it
     * @param fault what kept its bytes or the server's: "the link was partitioned"
     */
    default String finding(String link, Duration limit, String fault) {
        return "A client of link " + link + " must give up when no answer comes, but one waited longer than "
                + Durations.print(limit) + " while " + fault + ", so its connection was ended. " + advice();
    }

    /** Clients of which nothing is known. */
    static LinkClients unknown() {
        return (client, waited, connecting) -> false;
    }
}
