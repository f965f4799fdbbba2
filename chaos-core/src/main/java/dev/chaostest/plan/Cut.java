// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.Objects;
import java.util.Optional;

/**
 * Loses the connection.
 *
 * <p>{@code BEFORE}: the operation never leaves this process. {@code AFTER}: it has had its effect, and the answer is
 * lost, so the caller can't know. Either way the caller sees the connection end, as from a network that failed. The
 * peer is not told more than that the connection ended: what it is still doing, it may go on doing.
 *
 * <pre>{@code
 * Rule lost = Rule.of(target, Trigger.nth(1), new Cut(When.AFTER));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public record Cut(When strikes) implements Fault {

    /** What the ledger shows as the answer. */
    public static final String CAME_BACK = "connection lost";

    public Cut {
        Objects.requireNonNull(strikes, "strikes");
    }

    @Override
    public boolean endsTheCall() {
        return true;
    }

    @Override
    public Optional<String> mustComeBack() {
        return Optional.of(CAME_BACK);
    }

    @Override
    public String toString() {
        return strikes == When.BEFORE
                ? "connection lost before the effect (nothing was sent)"
                : "connection lost after the effect (the reply was cut)";
    }
}
