// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.plan.ChaosException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Puts global state back when it is closed: what a test changes in registries, flags and defaults.
 *
 * <p>In reverse order, on success and failure alike; one that fails does not keep the others from being put back. What was put
 * back is looked at again: a reset that does nothing is an error. Twice closing is harmless.
 *
 * <pre>{@code
 * try (StateGuard guard = new StateGuard()) {
 *     guard.remember("time zone", TimeZone::getDefault, TimeZone::setDefault);
 *     guard.reset("breakers", breakers::resetAll, () -> breakers.open().isEmpty());
 *     TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class StateGuard implements AutoCloseable {

    private final Deque<Guarded> guarded = new ArrayDeque<>();
    private boolean closed;

    private record Guarded(String what, Runnable restore) {}

    /** Guards nothing yet. */
    public StateGuard() {}

    /**
     * Remembers a value as it is now, and sets it again at the end.
     *
     * @param what its name, for messages
     * @param get reads it; two values are the same if they are {@code equal}
     * @throws IllegalStateException if this guard is closed
     */
    public <S> void remember(String what, Supplier<S> get, Consumer<S> set) {
        S before = get.get();
        guard(what, () -> {
            set.accept(before);
            S after = get.get();
            if (!Objects.equals(before, after)) {
                throw new ChaosException(what + " must be " + Texts.of(before) + " again, but is " + Texts.of(after)
                        + ". Check what sets it.");
            }
        });
    }

    /**
     * Resets something now, and again at the end.
     *
     * @param what its name, for messages
     * @param isClean whether a reset has worked; asked after each
     * @throws ChaosException if it is not clean after the reset
     * @throws IllegalStateException if this guard is closed
     */
    public void reset(String what, Runnable reset, Supplier<Boolean> isClean) {
        Runnable checked = () -> {
            reset.run();
            if (!isClean.get()) {
                throw new ChaosException(
                        what + " must be clean after its reset, but is not. Check what the reset does.");
            }
        };
        guard(what, checked);
        checked.run();
    }

    private synchronized void guard(String what, Runnable restore) {
        if (closed) {
            throw new IllegalStateException(
                    what + " must be guarded while the guard is open, but it is closed. Do it earlier.");
        }
        guarded.push(new Guarded(what, restore));
    }

    /**
     * Puts everything back.
     *
     * @throws ChaosException if something could not be put back; with what else could not as suppressed
     */
    @Override
    public synchronized void close() {
        closed = true;
        ChaosException first = null;
        for (Guarded next = guarded.poll(); next != null; next = guarded.poll()) {
            try {
                next.restore.run();
            } catch (RuntimeException | Error e) {
                ChaosException failure = new ChaosException(
                        next.what + " must be put back, but was not: " + Texts.of(e)
                                + ". Later tests may see what this one left; see the cause.",
                        e);
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
