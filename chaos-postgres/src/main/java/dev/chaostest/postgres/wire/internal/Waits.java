// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.message.MessageType;
import dev.chaostest.postgres.wire.sql.internal.SqlSites;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The delays and hangs of one connection that last; safe for use by many threads, since a cancel comes from another. */
final class Waits {

    /** Without these the server has nothing to do yet: a cancel that it gets before them would or would not meet them. */
    private static final Set<Site> BEGINNING = Set.of(
            MessageType.PARSE.site(),
            MessageType.BIND.site(),
            MessageType.EXECUTE.site(),
            MessageType.QUERY.site(),
            MessageType.FUNCTION_CALL.site());

    /** Each with whether it waits on its way to the server, which then knows nothing of it. */
    private final Map<Hold, Boolean> lasting = new ConcurrentHashMap<>();

    private final AtomicLong cancels = new AtomicLong();
    private final Hopeless hopeless;

    Waits(Hopeless hopeless) {
        this.hopeless = hopeless;
    }

    /** A wait that ends by itself, with the round or its rule, with the connection, or when the client cancels. */
    Hold begin(Blow blow) {
        AtomicReference<@Nullable Runnable> unregister = new AtomicReference<>();
        AtomicReference<@Nullable Hold> self = new AtomicReference<>();
        Hold hold = blow.fault() instanceof Delay delay
                ? delay(blow, delay.length(blow.draw()), unregister, self)
                : hopeless.hold(blow, end -> {
                    hung(blow, end);
                    over(unregister, self);
                });
        self.set(hold);
        lasting.put(hold, isOnTheWayToTheServer(blow));
        unregister.set(blow.park(hold::release));
        if (hold.end().isPresent()) {
            over(unregister, self);
        }
        return hold;
    }

    private static boolean isOnTheWayToTheServer(Blow blow) {
        Site site = blow.fired().hit().site();
        return blow.fault().strikes() == When.BEFORE && (site.seam().equals(SqlSites.SEAM) || BEGINNING.contains(site));
    }

    private Hold delay(
            Blow blow,
            Duration length,
            AtomicReference<@Nullable Runnable> unregister,
            AtomicReference<@Nullable Hold> self) {
        String text = Durations.print(length);
        return new Hold(length, end -> {
            blow.answered(end == Hold.End.DUE ? "after " + text : print("before " + text + " were over,", end));
            over(unregister, self);
        });
    }

    private static void hung(Blow blow, Hold.End end) {
        blow.answered(print("hung until", end));
    }

    private static String print(String begin, Hold.End end) {
        return begin
                + switch (end) {
                    case DUE -> " it was due";
                    case RELEASED -> " it was healed";
                    case CANCELLED -> " the client cancelled";
                    case CLOSED -> " the connection ended";
                    case HOPELESS -> " the connection was ended, since nothing else would";
                };
    }

    private void over(AtomicReference<@Nullable Runnable> unregister, AtomicReference<@Nullable Hold> self) {
        Hold hold = self.get();
        if (hold != null) {
            lasting.remove(hold);
        }
        Runnable parked = unregister.getAndSet(null);
        if (parked != null) {
            parked.run();
        }
    }

    /** A cancel has come; answers what waits now. What has fired and comes to wait later is told by {@link #cancels}. */
    Map<Hold, Boolean> cancelled() {
        cancels.incrementAndGet();
        return Map.copyOf(lasting);
    }

    /** How many cancels have come. */
    long cancels() {
        return cancels.get();
    }

    /** As {@link #begin}, for a fault that fired when there had been so many cancels: a later one was about it, too. */
    Hold begin(Blow blow, long cancelsBefore) {
        Hold hold = begin(blow);
        if (cancels() != cancelsBefore) {
            hold.cancel();
        }
        return hold;
    }

    /** The client cancels what it waits for; answers whether anything waited that the server knows nothing of. */
    static boolean cancel(Map<Hold, Boolean> lasting) {
        boolean any = false;
        for (Map.Entry<Hold, Boolean> each : lasting.entrySet()) {
            any |= each.getKey().cancel() && each.getValue();
        }
        return any;
    }

    static boolean isCancelled(Iterable<Hold> holds) {
        for (Hold hold : holds) {
            if (hold.end().filter(Hold.End.CANCELLED::equals).isPresent()) {
                return true;
            }
        }
        return false;
    }
}
