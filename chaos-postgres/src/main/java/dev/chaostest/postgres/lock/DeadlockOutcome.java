// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Says how a deadlock ended.
 *
 * <pre>{@code
 * assertThat(outcome.victim().sqlState()).contains("40P01");
 * assertThat(outcome.survivors()).hasSize(1);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param victim who failed
 * @param survivors who got their locks, in the order of the sessions
 * @param detection from the question that closed the circle until the victim's failure was known
 * @since 0.1
 */
public record DeadlockOutcome(Participant victim, List<Participant> survivors, Duration detection) {

    public DeadlockOutcome {
        survivors = List.copyOf(survivors);
    }

    /**
     * One session.
     *
     * @param session its index; around the user's code, 0 is ours and 1 is the code's
     * @param pid the process id of its backend
     * @param sqlState what it failed with; empty if it got its lock
     */
    public record Participant(int session, int pid, Optional<String> sqlState) {
        @Override
        public String toString() {
            return "session " + session + " (pid " + pid + ")"
                    + sqlState.map(state -> " with " + state).orElse("");
        }
    }

    @Override
    public String toString() {
        return "victim: " + victim + " after " + Durations.print(detection) + ", survivors: "
                + survivors.stream().map(Participant::toString).collect(Collectors.joining(", "));
    }
}
