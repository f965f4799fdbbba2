// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

/** What is wrong with a whole link; for use under the lock of its relay. */
final class Outages {

    static final String PARTITIONED = "the link was partitioned";
    static final String HELD = "the link was held";

    private boolean held;
    private boolean partitioned;
    private long changes;

    /** False if that was so already. */
    boolean hold(boolean hold) {
        boolean changed = held != hold;
        held = hold;
        changes += changed ? 1 : 0;
        return changed;
    }

    /** False if that was so already. */
    boolean partition(boolean part) {
        boolean changed = partitioned != part;
        partitioned = part;
        changes += changed ? 1 : 0;
        return changed;
    }

    /** Whether bytes are to stay where they are. */
    boolean isHolding() {
        return held || partitioned;
    }

    boolean isPartitioned() {
        return partitioned;
    }

    /** What is wrong, in words; empty if nothing is. */
    String text() {
        return partitioned ? PARTITIONED : held ? HELD : "";
    }

    /** How often that has changed. */
    long changes() {
        return changes;
    }
}
