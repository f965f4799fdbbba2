// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import java.util.concurrent.atomic.AtomicLong;

/** How often the two ends of a connection said something: enough to know who waits. Safe for use by many threads. */
final class Talk {

    private final AtomicLong said = new AtomicLong();
    private final AtomicLong heard = new AtomicLong();
    private volatile long heardWhenItSpoke = -1;
    private volatile boolean left;

    /** The client said something. */
    void says() {
        said.incrementAndGet();
        heardWhenItSpoke = heard.get();
    }

    /** The client is about to hear something: before it does, or it might speak again in between. */
    void hears() {
        heard.incrementAndGet();
    }

    /** The client has said its last. */
    void leaves() {
        left = true;
    }

    long said() {
        return said.get();
    }

    long heard() {
        return heard.get();
    }

    boolean hasLeft() {
        return left;
    }

    /** Whether the client has heard nothing since it spoke. */
    boolean isUnanswered() {
        return heardWhenItSpoke == heard.get();
    }
}
