// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.call.internal.JsonLine;
import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Length;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was recorded of an interface: its calls in the order in which they began.
 *
 * <p>A file of JSON lines: {@code {"recording":1}}, then one object a call, with times in nanoseconds.
 *
 * <pre>{@code
 * Recording recording = Recording.read(Path.of("gateway.jsonl"));
 * Behavior asRecorded = Behaviors.replay(recording, (type, message) -> new Unavailable(message));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param name of the file, for messages and the replay line
 * @param calls what was called
 * @see Recorder
 * @since 0.1
 */
public record Recording(String name, List<RecordedCall> calls) {

    static final String HEADER = "recording";
    static final long VERSION = 1;
    static final String DROPPED = "dropped";

    private static final long SIZE_MAX = 100_000_000;

    public Recording {
        calls = List.copyOf(calls);
    }

    /**
     * Reads a file.
     *
     * @param path of at most 100 MB
     * @throws ChaosException if it can't be read, or is not a whole recording; the message names the line
     */
    public static Recording read(Path path) {
        String name = String.valueOf(path.getFileName());
        try {
            long size = Files.size(path);
            if (size > SIZE_MAX) {
                throw new ChaosException("a recording must have at most " + SIZE_MAX + " bytes, but " + path + " has "
                        + size + ". Record fewer calls.");
            }
            return parse(name, Files.readString(path, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ChaosException(
                    "the file of a recording must be readable as UTF-8, but " + path + " is not: " + e
                            + ". Check its path, or record it again.",
                    e);
        }
    }

    /**
     * Reads a text.
     *
     * @param name for messages, as of a file
     * @throws ChaosException if it is not a whole recording; the message names the line
     */
    public static Recording parse(String name, String text) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty()) {
            throw new ChaosException(name + " must begin with {\"" + HEADER + "\":" + VERSION
                    + "}, but is empty. Record it again: the recorder was perhaps not closed.");
        }
        JsonLine header = JsonLine.parse(where(name, 1), lines.get(0));
        long version = header.number(HEADER);
        if (version != VERSION) {
            throw new ChaosException(where(name, 1) + " must have version " + VERSION + " of the format, but has "
                    + version + ". Record it again.");
        }
        List<RecordedCall> calls = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            calls.add(call(i + 1, JsonLine.parse(where(name, i + 1), lines.get(i))));
        }
        calls.sort(Comparator.comparing(RecordedCall::at)); // they are written as they end
        return new Recording(name, calls);
    }

    private static String where(String name, int line) {
        return "line " + line + " of " + name;
    }

    private static RecordedCall call(int number, JsonLine line) {
        if (line.has(DROPPED)) {
            throw new ChaosException(line.where() + " must be a call, but says that "
                    + Amount.of(line.number(DROPPED), "more call was", "more calls were")
                    + " not recorded. Record fewer calls, or allow more.");
        }
        Duration latency = Duration.ofNanos(line.number("latency"));
        if (latency.compareTo(Length.LIMIT) > 0) {
            throw new ChaosException(line.where() + " must have a latency of at most a day, but has " + latency
                    + ". Record it again, or mend the line.");
        }
        boolean failed = line.has("failure");
        return new RecordedCall(
                number,
                Duration.ofNanos(line.number("at")),
                line.text("method"),
                line.text("arguments"),
                latency,
                failed ? null : line.textOrNull("result"),
                failed ? line.text("failure") : null,
                failed ? line.textOrNull("message") : null);
    }

    /**
     * One call.
     *
     * @param line its line in the file, from 1
     * @param at when it began, since the recording did
     * @param method the interface and the method, as in the site of a call: {@code Gateway.charge}
     * @param arguments as text
     * @param latency until its answer
     * @param result as text; null if it was null or there was none
     * @param failure the class of what it threw; null if it did not
     * @param message of that; may be null
     */
    public record RecordedCall(
            int line,
            Duration at,
            String method,
            String arguments,
            Duration latency,
            @Nullable String result,
            @Nullable String failure,
            @Nullable String message) {

        JsonLine json() {
            JsonLine json = JsonLine.empty()
                    .and("at", at.toNanos())
                    .and("method", method)
                    .and("arguments", arguments)
                    .and("latency", latency.toNanos());
            return failure == null
                    ? json.and("result", result)
                    : json.and("failure", failure).and("message", message);
        }

        /** The method and the arguments. */
        @Override
        public String toString() {
            return method + arguments;
        }
    }
}
