// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

/**
 * An advisory lock that a session of ours holds, so that others can wait for it.
 *
 * @param key of the lock; 0 for none
 */
public record LockedKey(long key) {

    public static final LockedKey NONE = new LockedKey(0);

    boolean isHeld() {
        return key != 0;
    }
}
