// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A look-out for one ledger entry, from the moment it was made.
 *
 * <p>{@link Ledger#watch} makes it. Closing it ends the look-out; twice is harmless. Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Watch implements AutoCloseable {

    private static final int SHOWN = 10;

    private final Ledger ledger;
    private final Predicate<? super LedgerEntry> condition;
    private volatile @Nullable LedgerEntry seen;
    private volatile @Nullable Throwable broken;

    Watch(Ledger ledger, Predicate<? super LedgerEntry> condition) {
        this.ledger = ledger;
        this.condition = condition;
    }

    /**
     * Waits for the entry; returns at once if it has come already.
     *
     * @throws ChaosException if the deadline comes first, the message shows the last entries; or if the condition threw
     */
    public LedgerEntry await(Duration deadline) throws InterruptedException {
        LedgerEntry entry = ledger.await(this, deadline);
        if (entry == null && broken != null) {
            throw new ChaosException(
                    "The condition of a watch must not throw, but threw " + broken + ". Let it answer for every entry.",
                    broken);
        }
        if (entry == null) {
            throw new ChaosException("The watched ledger entry must come within " + Durations.print(deadline)
                    + ", but did not. Check what the code did instead; the last entries are:" + lastEntries());
        }
        return entry;
    }

    @Nullable
    LedgerEntry seen() {
        return seen;
    }

    boolean isBroken() {
        return broken != null;
    }

    void offer(LedgerEntry entry) {
        try {
            if (seen == null && condition.test(entry)) {
                seen = entry;
            }
        } catch (RuntimeException | AssertionError e) { // not for the code under test, which happens to write the entry
            broken = e;
        }
    }

    private String lastEntries() {
        List<LedgerEntry> entries = ledger.entries();
        return entries.stream()
                .skip(Math.max(0, entries.size() - SHOWN))
                .map(entry -> "\n  " + entry)
                .collect(Collectors.joining());
    }

    @Override
    public void close() {
        ledger.forget(this);
    }
}
