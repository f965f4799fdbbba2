// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.plan.Durations;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Waits until several things are ready together, under one deadline.
 *
 * <p>Strict: all must say yes in the same look, so one that is gone again when the last one comes is not ready. The
 * message names each that is not, and why. Looks as {@link Eventually} does, at one thing after the other.
 *
 * <pre>{@code
 * Readiness.of("database", database::answers).and("cache", cache::isUp).within(Duration.ofSeconds(5));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Readiness {

    private final List<Part> parts;
    private final Pace pace;

    private record Part(String name, Callable<Boolean> probe) {
        /** Why it is not ready; empty if it is. */
        String complaint() {
            try {
                Boolean ready = probe.call();
                return Boolean.TRUE.equals(ready) ? "" : "said " + ready;
            } catch (Exception | AssertionError e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                return "threw " + Texts.of(e);
            }
        }
    }

    private Readiness(List<Part> parts, Pace pace) {
        this.parts = parts;
        this.pace = pace;
    }

    /**
     * The first thing.
     *
     * @param name for messages
     * @param probe whether it is ready; what it throws is a no, and in the message
     */
    public static Readiness of(String name, Callable<Boolean> probe) {
        return new Readiness(List.of(new Part(name, probe)), Pace.ofDefaults());
    }

    /** One more thing. */
    public Readiness and(String name, Callable<Boolean> probe) {
        return new Readiness(
                Stream.concat(parts.stream(), Stream.of(new Part(name, probe))).toList(), pace);
    }

    /** Waits on this time instead of the system's; as {@link Eventually#on}. */
    public Readiness on(TimeSource time) {
        return new Readiness(parts, pace.on(time));
    }

    /**
     * Waits.
     *
     * @throws WatchError if they are not all ready in time
     * @throws dev.chaostest.plan.ChaosException if the thread is interrupted; its flag stays set
     */
    public void within(Duration deadline) {
        Complaints complaints = new Complaints(parts);
        String all = parts.stream().map(Part::name).collect(Collectors.joining(", "));
        Polling.End end = new Polling("readiness of " + all, pace, deadline, complaints).run();
        if (!end.enough()) {
            throw new WatchError(
                    all + " must be ready within " + Durations.print(deadline) + ", but " + complaints.names()
                            + " not. See why each is not." + complaints.lines() + Eventually.hanging(end),
                    null);
        }
    }

    /** Who is not ready at the last look. */
    private static final class Complaints implements Polling.Look {
        private final List<Part> parts;
        private List<Part> guilty = List.of();
        private String lines = "";
        private boolean frozen;

        Complaints(List<Part> parts) {
            this.parts = parts;
        }

        @Override
        public boolean isEnough() {
            List<Part> notReady = new ArrayList<>();
            StringBuilder why = new StringBuilder();
            for (Part part : parts) {
                tell(notReady, why, part, "was asked and has not answered");
                String complaint = part.complaint();
                if (complaint.isEmpty()) {
                    continue;
                }
                notReady.add(part);
                why.append(Texts.line(part.name, complaint));
            }
            set(notReady, why.toString());
            return notReady.isEmpty();
        }

        /** Before it is asked, since it may not answer. */
        private void tell(List<Part> notReady, StringBuilder why, Part asked, String silence) {
            set(Stream.concat(notReady.stream(), Stream.of(asked)).toList(), why + Texts.line(asked.name, silence));
        }

        private synchronized void set(List<Part> notReady, String why) {
            if (!frozen) {
                guilty = List.copyOf(notReady);
                lines = why;
            }
        }

        @Override
        public synchronized void freeze() {
            frozen = true;
        }

        synchronized String names() {
            String names = guilty.stream().map(Part::name).collect(Collectors.joining(", "));
            return names + (guilty.size() == 1 ? " is" : " are");
        }

        synchronized String lines() {
            return lines;
        }
    }
}
