// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.call.internal.JsonLine;
import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.time.TimeSource;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a {@link Recorder} sees, as JSON lines.
 *
 * <p>At most 100,000 calls by default; how many more there were is its last line, and a recording that is not whole is
 * not replayed. What can't be written does not disturb the calls: {@link #close} says so. Whole until closed only.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class RecordingWriter implements AutoCloseable {

    /** How many calls are written, unless it is said. */
    public static final int CALLS_MAX = 100_000;

    private final Appendable to;
    private final @Nullable Closeable owned;
    private final TimeSource time;
    private final long began;
    private final int most;
    private final ReentrantLock writing = new ReentrantLock();
    private int written;
    private long dropped;
    private boolean closed;
    private @Nullable IOException failed;

    private RecordingWriter(Appendable to, @Nullable Closeable owned, TimeSource time, int most) {
        this.to = to;
        this.owned = owned;
        this.time = time;
        this.began = time.nanos();
        this.most = most;
        append(JsonLine.empty().and(Recording.HEADER, Recording.VERSION));
    }

    /**
     * To a new file, or over an old one, with the times of this machine.
     *
     * @throws ChaosException if it can't be written
     */
    public static RecordingWriter to(Path path) {
        return to(path, TimeSource.system());
    }

    /**
     * To a new file, or over an old one.
     *
     * @param time what the times of calls go by
     * @throws ChaosException if it can't be written
     */
    public static RecordingWriter to(Path path, TimeSource time) {
        try {
            BufferedWriter file = Files.newBufferedWriter(path, StandardCharsets.UTF_8);
            return new RecordingWriter(file, file, time, CALLS_MAX);
        } catch (IOException e) {
            throw new ChaosException(
                    "the file for a recording must be writable, but " + path + " is not: " + e
                            + ". Give a path in a directory that exists.",
                    e);
        }
    }

    /**
     * To anything else, which stays open.
     *
     * @param time what the times of calls go by
     * @param most how many calls are written; 1 or more
     * @throws IllegalArgumentException if that is less
     */
    public static RecordingWriter to(Appendable other, TimeSource time, int most) {
        if (most < 1) {
            throw new IllegalArgumentException("the number of calls to record must be 1 or more, but was " + most
                    + ". Leave the recorder out to record none.");
        }
        return new RecordingWriter(other, null, time, most);
    }

    /** The time since it was opened, in nanoseconds. */
    long now() {
        return time.nanos() - began;
    }

    void add(Recording.RecordedCall call) {
        writing.lock();
        try {
            if (closed) {
                return;
            }
            if (written == most) {
                dropped++;
                return;
            }
            append(call.json());
            written += failed == null ? 1 : 0;
        } finally {
            writing.unlock();
        }
    }

    private void append(JsonLine line) {
        if (failed != null) {
            return;
        }
        try {
            to.append(line.print()).append('\n');
        } catch (IOException e) {
            failed = e;
        }
    }

    /**
     * Ends the recording; later calls are not recorded. Twice is harmless.
     *
     * @throws ChaosException if something could not be written
     */
    @Override
    public void close() {
        writing.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            if (dropped > 0) {
                append(JsonLine.empty().and(Recording.DROPPED, dropped));
            }
            end();
            if (failed != null) {
                throw new ChaosException(
                        "a recording must be written as a whole, but " + failed + " came when it had "
                                + Amount.of(written, "call") + ". Make room, and record it again.",
                        failed);
            }
        } finally {
            writing.unlock();
        }
    }

    private void end() {
        if (owned == null) {
            return;
        }
        try {
            owned.close();
        } catch (IOException e) {
            failed = failed == null ? e : failed;
        }
    }
}
