// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.postgres.lock.internal.LockProbe;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When each session of a deadlock looks for one: the first that does so in a closed circle is the victim.
 *
 * <p>A session looks once, when it has waited for its {@code deadlock_timeout}. So where the role may set it, the victim asks
 * last and looks after 1 ms, the others never. Where it may not, all look after the same time: the victim asks first, and the
 * others only when it has waited for half of that.
 *
 * @param settable whether this role may set {@code deadlock_timeout}
 * @param server what it is otherwise
 * @param within how long a lock may be waited for
 */
record DetectionTimes(boolean settable, Duration server, Duration within) {

    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final Duration NEVER = Duration.ofHours(1);

    static DetectionTimes read(LockProbe probe, Duration within) throws SQLException {
        boolean settable = probe.setting("SELECT pg_catalog.has_parameter_privilege('deadlock_timeout', 'SET')")
                .equals("t");
        String millis = probe.setting("SELECT setting FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'");
        return new DetectionTimes(settable, Duration.ofMillis(Long.parseLong(millis)), within);
    }

    /** How long the first to ask must have waited before the next one does, where all look after the same time. */
    Duration headStart() {
        return server.dividedBy(2);
    }

    /** By when everybody has an answer: behind our own deadlines, so that who waits can still be looked at by then. */
    Duration fence() {
        Duration behind = within.plus(MARGIN);
        return settable ? behind : behind.plus(server);
    }

    /** The settings of one session. The server ends it by itself where nobody is left to do so. */
    Map<String, Long> of(boolean isVictim) {
        long fence = fence().toMillis();
        Map<String, Long> fences = Map.of(
                "lock_timeout", fence, "statement_timeout", fence, "idle_in_transaction_session_timeout", 3 * fence);
        if (!settable) {
            return fences;
        }
        Map<String, Long> all = new LinkedHashMap<>(fences);
        all.put("deadlock_timeout", (isVictim ? SOON : NEVER).toMillis());
        return all;
    }
}
