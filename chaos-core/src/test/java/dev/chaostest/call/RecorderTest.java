// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.chaostest.call.Recording.RecordedCall;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.time.VirtualTime;
import dev.chaostest.work.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {

    interface Gateway {
        @Nullable
        String charge(String order, long... amounts) throws IOException;

        default String name() {
            return "gateway";
        }

        CompletionStage<String> later(String order);
    }

    /** Takes 10 ms for each call; cuts off what is called "offline". */
    private static class Slow implements Gateway {
        final VirtualTime time;
        final CompletableFuture<String> answer = new CompletableFuture<>();

        Slow(VirtualTime time) {
            this.time = time;
        }

        @Override
        public @Nullable String charge(String order, long... amounts) throws IOException {
            time.advance(Duration.ofMillis(10));
            if (order.equals("offline")) {
                throw new IOException("no route\nto host");
            }
            return order.isEmpty() ? null : "receipt " + order;
        }

        @Override
        public CompletionStage<String> later(String order) {
            return answer;
        }
    }

    private final VirtualTime time = new VirtualTime();
    private final StringBuilder written = new StringBuilder();
    private final RecordingWriter tape = RecordingWriter.to(written, time, 4);
    private final Slow real = new Slow(time);
    private final Gateway gateway = Recorder.around(Gateway.class, real, tape);

    private List<RecordedCall> recorded() {
        return Recording.parse("gateway.jsonl", written.toString()).calls();
    }

    @Test
    void callsAreWrittenAsLinesWithTheirTimes() throws IOException {
        time.advance(Duration.ofSeconds(1));
        assertThat(gateway.charge("a", 1, 2)).isEqualTo("receipt a");
        assertThat(gateway.charge("")).isNull();
        assertThatThrownBy(() -> gateway.charge("offline"))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("no route\nto host");
        assertThat(gateway.name()).isEqualTo("gateway");
        tape.close();

        assertThat(written.toString().lines())
                .containsExactly(
                        "{\"recording\":1}",
                        "{\"at\":1000000000,\"method\":\"Gateway.charge\",\"arguments\":\"(\\\"a\\\", [1, 2])\","
                                + "\"latency\":10000000,\"result\":\"receipt a\"}",
                        "{\"at\":1010000000,\"method\":\"Gateway.charge\",\"arguments\":\"(\\\"\\\", [])\","
                                + "\"latency\":10000000,\"result\":null}",
                        "{\"at\":1020000000,\"method\":\"Gateway.charge\",\"arguments\":\"(\\\"offline\\\", [])\","
                                + "\"latency\":10000000,\"failure\":\"java.io.IOException\","
                                + "\"message\":\"no route\\nto host\"}",
                        "{\"at\":1030000000,\"method\":\"Gateway.name\",\"arguments\":\"()\",\"latency\":0,"
                                + "\"result\":\"gateway\"}");
        assertThat(recorded())
                .extracting(RecordedCall::line, RecordedCall::at, RecordedCall::message)
                .contains(tuple(4, Duration.ofMillis(1020), "no route\nto host"));
    }

    @Test
    void aStageIsRecordedWhenItCompletes() {
        CompletionStage<String> stage = gateway.later("a");
        assertThat(stage).as("the very stage").isSameAs(real.answer);
        time.advance(Duration.ofSeconds(3));
        assertThat(recorded()).isEmpty();
        real.answer.complete("done");

        assertThat(recorded()).hasSize(1);
        assertThat(recorded().get(0).latency()).isEqualTo(Duration.ofSeconds(3));
        assertThat(recorded().get(0).result()).isEqualTo("done");
    }

    @Test
    void aStageThatFailsIsRecordedWithItsCause() {
        CompletableFuture<String> failed = new CompletableFuture<>();
        Gateway around = Recorder.around(
                Gateway.class,
                new Slow(time) {
                    @Override
                    public CompletionStage<String> later(String order) {
                        return failed.thenApply(text -> text);
                    }
                },
                tape);
        CompletionStage<String> stage = around.later("a");
        failed.completeExceptionally(new IllegalStateException("gone"));

        assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
        assertThat(recorded().get(0).failure()).isEqualTo("java.lang.IllegalStateException");
        assertThat(recorded().get(0).message()).isEqualTo("gone");
    }

    @Test
    void resultsAreWrittenAsTheyAreToBeRead() throws IOException {
        Gateway around = Recorder.around(Gateway.class, real, tape, result -> "<" + result + ">");
        around.charge("a");
        around.charge("");
        assertThat(recorded()).extracting(RecordedCall::result).containsExactly("<receipt a>", null);
    }

    @Test
    void whatCanNotBePrintedDoesNotDisturbTheCall() throws IOException {
        Gateway around = Recorder.around(Gateway.class, real, tape, result -> {
            throw new IllegalStateException("unprintable");
        });
        assertThat(around.charge("a")).isEqualTo("receipt a");
        assertThat(recorded()).extracting(RecordedCall::result).containsExactly("receipt a");
    }

    @Test
    void theProxyIsEqualAsTheObjectIs() {
        assertThat(gateway)
                .isEqualTo(Recorder.around(Gateway.class, real, tape))
                .isEqualTo(gateway);
        assertThat(gateway).isNotEqualTo(Recorder.around(Gateway.class, new Slow(time), tape));
        assertThat(gateway).hasSameHashCodeAs(real).hasToString(real.toString());
        assertThat(recorded()).as("these are no calls").isEmpty();
    }

    @Test
    void moreCallsThanAllowedAreCountedAndTheRecordingIsNotWhole() throws IOException {
        for (int i = 0; i < 6; i++) {
            assertThat(gateway.charge("a")).isEqualTo("receipt a");
        }
        assertThat(recorded()).hasSize(4);
        tape.close();
        tape.close();
        assertThatThrownBy(this::recorded)
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "line 6 of gateway.jsonl must be a call, but says that 2 more calls were not recorded. Record "
                                + "fewer calls, or allow more.");
    }

    @Test
    void callsGoOnAfterTheEndOfTheRecording() throws IOException {
        tape.close();
        assertThat(gateway.charge("a")).isEqualTo("receipt a");
        assertThat(recorded()).isEmpty();
    }

    @Test
    void whatCanNotBeWrittenDoesNotDisturbTheCallsAndIsSaidAtTheEnd() throws IOException {
        Appendable full = new Appendable() {
            private int left = 2;

            @Override
            public Appendable append(CharSequence text) throws IOException {
                if (left-- == 0) {
                    throw new IOException("disk full");
                }
                return this;
            }

            @Override
            public Appendable append(CharSequence text, int start, int end) throws IOException {
                return append(text);
            }

            @Override
            public Appendable append(char c) {
                return this;
            }
        };
        RecordingWriter broken = RecordingWriter.to(full, time, 10);
        Gateway around = Recorder.around(Gateway.class, real, broken);
        assertThat(around.charge("a")).isEqualTo("receipt a");
        assertThat(around.charge("b")).isEqualTo("receipt b");
        assertThat(around.charge("c")).isEqualTo("receipt c");
        assertThatThrownBy(broken::close)
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "a recording must be written as a whole, but java.io.IOException: disk full came when it had 1 "
                                + "call. Make room, and record it again.")
                .hasCauseExactlyInstanceOf(IOException.class);
        broken.close();
    }

    @Test
    void threadsWriteWholeLines(@TempDir Path directory) throws InterruptedException {
        Path path = directory.resolve("gateway.jsonl");
        try (RecordingWriter file = RecordingWriter.to(path)) {
            Gateway around = Recorder.around(Gateway.class, real, file);
            Workers.of(8).call(worker -> {
                for (int i = 0; i < 100; i++) {
                    around.charge("x".repeat(50));
                }
                return 0;
            });
        }
        List<RecordedCall> calls = Recording.read(path).calls();
        assertThat(calls).hasSize(800);
        Set<Integer> lines = new HashSet<>();
        List<Duration> times = new ArrayList<>();
        calls.forEach(call -> {
            lines.add(call.line());
            times.add(call.at());
        });
        assertThat(lines).hasSize(800);
        assertThat(times).isSorted();
    }

    @Test
    void aFileIsWrittenOver(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("gateway.jsonl");
        Files.writeString(path, "something old\nand longer than what comes\n");
        RecordingWriter.to(path).close();
        assertThat(path).hasContent("{\"recording\":1}");
        assertThat(Recording.read(path)).isEqualTo(new Recording("gateway.jsonl", List.of()));
    }

    @Test
    void badValuesAreRefused(@TempDir Path directory) {
        Path nowhere = directory.resolve("no").resolve("gateway.jsonl");
        assertThatThrownBy(() -> RecordingWriter.to(nowhere))
                .isInstanceOf(ChaosException.class)
                .hasMessage("the file for a recording must be writable, but " + nowhere
                        + " is not: java.nio.file.NoSuchFileException: " + nowhere
                        + ". Give a path in a directory that exists.");
        assertThatThrownBy(() -> RecordingWriter.to(written, time, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the number of calls to record must be 1 or more, but was 0. Leave the recorder out to record "
                                + "none.");
        assertThatThrownBy(() -> Recorder.around(Slow.class, real, tape))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The type to record must be an interface that anyone may implement, but "
                        + Slow.class.getName()
                        + " is none. Name the interface through which the code under test calls it.");
        assertThatThrownBy(() -> around(Gateway.class, "a text"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The object to record must be a " + Gateway.class.getName()
                        + ", but was a java.lang.String. Hand over what is to be called.");
    }

    @SuppressWarnings("unchecked") // as a caller with raw types
    private <T> void around(Class<?> type, Object target) {
        Recorder.around((Class<T>) type, (T) target, tape);
    }
}
