// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/**
 * A thread that is a lane: what it does is ordered in itself, whichever connections it borrows.
 *
 * <p>A property of the thread object, not a thread-local: nothing leaks, and there is nothing to reset.
 *
 * @since 0.1
 */
public interface Laned {
    /** The lane, the same for the life of the thread. */
    Lane lane();
}
