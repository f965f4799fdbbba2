// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

/**
 * Something that is wrong with a link until it is closed.
 *
 * <p>Closing is harmless when it is over already. Safe for use by many threads.
 *
 * <pre>{@code
 * try (Outage outage = link.partition()) {
 *     assertThatThrownBy(() -> orders.place(order)).isInstanceOf(TimeoutException.class);
 * }
 * link.hold().during(() -> assertThat(orders.isStuck()).isTrue());
 * }</pre>
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Outage extends AutoCloseable {

    /** Ends it: bytes go on, clients are accepted. */
    @Override
    void close();

    /**
     * Runs something while it lasts, and ends it, whatever comes of that.
     *
     * @throws E what the block throws
     */
    default <E extends Exception> void during(Block<E> block) throws E {
        try (this) {
            block.run();
        }
    }

    /**
     * What runs during an outage.
     *
     * @param <E> what it may throw
     */
    @FunctionalInterface
    interface Block<E extends Exception> {
        /** Runs. */
        void run() throws E;
    }
}
