// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the looks of one wait saw: the last value, the last exception, the values in between. */
final class Sightings {

    private static final int CHANGES_SHOWN = 20;

    private final Deque<String> changes = new ArrayDeque<>();
    private long looks;
    private boolean answered;
    private @Nullable Object last;
    private @Nullable Throwable thrown;
    private long thrownAt;
    private boolean cut;
    private boolean frozen;

    /** A look that is seen here. */
    Polling.Look looking(BooleanSupplier look) {
        return new Polling.Look() {
            @Override
            public boolean isEnough() {
                return look.getAsBoolean();
            }

            @Override
            public void freeze() {
                stop();
            }
        };
    }

    private synchronized void stop() {
        frozen = true;
    }

    /**
     * Looks.
     *
     * @return whether there was an answer; if not, it threw
     */
    boolean look(Callable<?> source) {
        try {
            saw(source.call());
            return true;
        } catch (Exception | AssertionError e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt(); // the next pause ends the wait
            }
            threw(e);
            return false;
        }
    }

    /** Judges the last value; a predicate that throws has not said yes. */
    boolean judge(BooleanSupplier predicate) {
        try {
            return predicate.getAsBoolean();
        } catch (RuntimeException | AssertionError e) {
            threwAgain(e);
            return false;
        }
    }

    private synchronized void threwAgain(Throwable e) {
        if (frozen) {
            return;
        }
        thrown = e;
        thrownAt = looks;
    }

    private synchronized void saw(@Nullable Object value) {
        if (frozen) {
            return;
        }
        looks++;
        if (!answered || !Objects.equals(value, last)) {
            changes.addLast(Texts.of(value));
            if (changes.size() > CHANGES_SHOWN) {
                changes.removeFirst();
                cut = true;
            }
        }
        answered = true;
        last = value;
    }

    private synchronized void threw(Throwable e) {
        if (frozen) {
            return;
        }
        looks++;
        threwAgain(e);
    }

    synchronized @Nullable Object last() {
        return last;
    }

    synchronized @Nullable Throwable thrown() {
        return thrown;
    }

    /** What was seen, a line each. */
    synchronized String lines(Duration elapsed) {
        StringBuilder text = new StringBuilder(Texts.line("looks", looks + " in " + Durations.print(elapsed)));
        text.append(Texts.line(
                "last",
                answered ? Texts.of(last) : looks == 0 ? "no value, no look has ended" : "no value, each look threw"));
        if (changes.size() > 1) {
            text.append(Texts.line("values", (cut ? "... -> " : "") + String.join(" -> ", changes)));
        }
        if (thrown != null) {
            text.append(Texts.line("thrown", Texts.of(thrown) + " (look " + thrownAt + ")"));
        }
        return text.toString();
    }
}
