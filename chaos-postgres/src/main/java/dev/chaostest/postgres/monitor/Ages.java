// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long something has been, and what a session is doing, in words. */
final class Ages {

    private static final int QUERY_SHOWN = 120;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Ages() {}

    /** To the millisecond; to the second from a minute on. The clock of a session may be a little ahead. */
    static String between(Instant start, Instant now) {
        Duration age = Duration.between(start, now);
        if (age.compareTo(MINUTE) >= 0) {
            return age.toSeconds() + "s";
        }
        return age.toMillis() <= 0 ? "0ms" : Durations.print(Duration.ofMillis(age.toMillis()));
    }

    static String since(Optional<Instant> start, Instant now) {
        return start.map(instant -> between(instant, now)).orElse("");
    }

    /** {@code TransferTest.waits, active for 1.2s: UPDATE account ...}. */
    static String doing(Activity session, Instant now) {
        if (session.isHidden()) {
            return session.user() + ", the rest is hidden from this role";
        }
        String state = session.state().or(session::backendType).orElse("");
        String what = session.application().isEmpty() ? state : session.application() + ", " + state;
        String age = session.stateChange()
                .map(change -> " for " + between(change, now))
                .orElse("");
        String query = oneLine(session.query());
        return what + age + (query.isEmpty() ? "" : state.equals("active") ? ": " + query : ", after: " + query);
    }

    /** A statement in one short line. */
    static String oneLine(String query) {
        String line = query.strip().replaceAll("\\s+", " ");
        return line.length() <= QUERY_SHOWN ? line : line.substring(0, QUERY_SHOWN) + "...";
    }
}
