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
 * <p>By default the connection ends in order (FIN), as when the peer's process ended; with {@link #reset} it breaks (RST), as
 * when the peer's machine lost it: a read fails with "Connection reset".
 *
 * <pre>{@code
 * Rule lost = Rule.of(target, Trigger.nth(1), new Cut(When.AFTER));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param strikes before the operation is sent on, or before its answer is
 * @param isReset whether it breaks instead of ending in order
 * @param moment what it is before or after, as its text tells it
 * @since 0.1
 */
public record Cut(When strikes, boolean isReset, Moment moment) implements Fault {

    /** What the ledger shows as the answer. */
    public static final String CAME_BACK = "connection lost";

    public Cut {
        Objects.requireNonNull(strikes, "strikes");
        Objects.requireNonNull(moment, "moment");
    }

    /** At an operation. */
    public Cut(When strikes, boolean isReset) {
        this(strikes, isReset, Moment.EFFECT);
    }

    /** In order, as when the peer's process ended. */
    public Cut(When strikes) {
        this(strikes, false);
    }

    /** By a reset, as when the peer's machine lost the connection. */
    public static Cut reset(When strikes) {
        return new Cut(strikes, true);
    }

    @Override
    public Fault at(Moment other) {
        return new Cut(strikes, isReset, other);
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
        return (isReset ? "connection reset " : "connection lost ") + moment.told(strikes) + consequence();
    }

    /** A message is not all that is on its way: what else was sent, and what has its effect, is not known here. */
    private String consequence() {
        if (moment != Moment.EFFECT) {
            return "";
        }
        return strikes == When.BEFORE ? " (nothing was sent)" : " (the reply was cut)";
    }
}
