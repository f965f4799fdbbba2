// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Course;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Has calls take as long, and fail, as they did when they were recorded.
 *
 * <p>The n-th call must be the n-th recorded, with the same arguments; else it fails with a {@code ChaosException} that
 * names the line, and so do all later ones. Calls that were recorded and don't come are not missed. Where a call is not
 * replayed as a failure, the object is called, and what it returns is returned, unless there are {@link #results}.
 *
 * <p>Immutable, safe for use by many threads if its functions are.
 *
 * @see Behaviors#replay
 * @since 0.1
 */
public final class Replay implements Behavior {

    private final Recording recording;
    private final BiFunction<String, @Nullable String, ? extends Throwable> failures;
    private final @Nullable BiFunction<String, String, @Nullable Object> results;
    private final boolean byMethod;

    private Replay(
            Recording recording,
            BiFunction<String, @Nullable String, ? extends Throwable> failures,
            @Nullable BiFunction<String, String, @Nullable Object> results,
            boolean byMethod) {
        this.recording = Objects.requireNonNull(recording, "recording");
        this.failures = Objects.requireNonNull(failures, "failures");
        this.results = results;
        this.byMethod = byMethod;
    }

    static Replay of(Recording recording, BiFunction<String, @Nullable String, ? extends Throwable> failures) {
        return new Replay(recording, failures, null, false);
    }

    /**
     * As this one, and calls return what was recorded.
     *
     * @param values makes a result from the method and the recorded text; null stays null without it
     */
    public Replay results(BiFunction<String, String, @Nullable Object> values) {
        return new Replay(recording, failures, Objects.requireNonNull(values, "values"), byMethod);
    }

    /** As this one, but the n-th call of a method is the n-th recorded of that method, whatever the arguments. */
    public Replay byMethodOnly() {
        return new Replay(recording, failures, results, true);
    }

    @Override
    public Course course() {
        return new ReplayCourse(recording, failures, results, byMethod);
    }

    @Override
    public boolean canStrike() {
        return recording.calls().stream()
                .anyMatch(call -> results != null
                        || call.failure() != null
                        || !call.latency().isZero());
    }

    @Override
    public boolean isCertain() {
        return false;
    }

    @Override
    public long mustStrike(long due) {
        return canStrike() ? Math.min(1, due) : 0;
    }

    @Override
    public boolean isCounted() {
        return true;
    }

    @Override
    public String toString() {
        return "replay of " + recording.name() + " ("
                + Amount.of(recording.calls().size(), "call") + ", checksum " + checksum() + ")"
                + (results == null ? "" : " with its results") + (byMethod ? ", by method only" : "");
    }

    /** Another recording under the same name is another plan. */
    private String checksum() {
        CRC32 sum = new CRC32();
        sum.update(recording.calls().stream()
                .map(call -> call.json().print())
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }
}
