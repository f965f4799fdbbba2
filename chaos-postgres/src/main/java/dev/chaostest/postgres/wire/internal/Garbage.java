// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

/**
 * Tells whether the driver closes a connection because nobody holds it any more. Without this, a connection that a test has
 * forgotten would be found or not as the garbage collector likes.
 */
final class Garbage {

    private static final String CLEANING = "org.postgresql.jdbc.PgConnectionCleaningAction";
    private static final String CONNECTION = "org.postgresql.jdbc.PgConnection";

    private Garbage() {}

    /** Whoever closes a connection calls it: else the cleaning was not asked for. */
    static boolean isBeingCollected() {
        return StackWalker.getInstance().walk(frames -> {
            boolean[] found = new boolean[2];
            frames.map(StackWalker.StackFrame::getClassName).forEach(name -> {
                found[0] |= name.equals(CLEANING);
                found[1] |= name.equals(CONNECTION);
            });
            return found[0] && !found[1];
        });
    }
}
