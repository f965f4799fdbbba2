// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.order;

import java.util.Optional;

/**
 * Two code paths that take the same locks in opposite orders: they can deadlock, even if they did not.
 *
 * <pre>{@code
 * assertThat(recorder.inversions()).extracting(LockInversion::one).isEmpty();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param one a path as it was seen
 * @param other one that takes first what the former takes second
 * @since 0.1
 */
public record LockInversion(Path one, Path other) {

    /**
     * Two locks in the order in which one transaction took them.
     *
     * @param first what it held
     * @param then what it took while it held that
     */
    public record Path(Step first, Step then) {}

    /**
     * A lock and who took it.
     *
     * @param lock what, in words: {@code row (1) of bank.account}
     * @param mode how strongly: {@code for update}
     * @param statement the statement after which it was held
     * @param caller the code that sent it, as {@code Class.method:line}, if that was on the stack
     */
    public record Step(String lock, String mode, String statement, Optional<String> caller) {

        /** Where it is in the code. */
        String place() {
            return statement + caller.orElse("");
        }

        @Override
        public String toString() {
            return lock + " (" + mode + ") by \"" + statement + "\""
                    + caller.map(from -> ", from " + from).orElse("");
        }
    }

    @Override
    public String toString() {
        return "path 1: " + one.first() + "\n  then  : " + one.then() + "\n  path 2: " + other.first() + "\n  then  : "
                + other.then();
    }
}
