// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/**
 * A stream of arrivals that is ordered in itself: a worker, or else one connection, link or proxied object.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param name unique in its scope, the same in every run: {@code worker-3}, {@code connection-1}
 * @since 0.1
 */
public record Lane(String name) {

    public Lane {
        if (name.isBlank()) {
            throw new IllegalArgumentException("lane must have a name, but was blank. Use for example \"worker-1\".");
        }
    }

    /** The lane of the current thread where it {@linkplain Laned has one}, else the given one. */
    public static Lane currentOr(Lane other) {
        return Thread.currentThread() instanceof Laned laned ? laned.lane() : other;
    }

    @Override
    public String toString() {
        return name;
    }
}
