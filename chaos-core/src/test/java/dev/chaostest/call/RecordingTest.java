// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.call.Recording.RecordedCall;
import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingTest {

    private static final String HEADER = "{\"recording\":1}\n";
    private static final String CALL =
            "{\"at\":5,\"method\":\"Gateway.charge\",\"arguments\":\"(1)\",\"latency\":7," + "\"result\":\"ok\"}\n";

    private static Recording parse(String text) {
        return Recording.parse("gateway.jsonl", text);
    }

    @Test
    void callsComeInTheOrderInWhichTheyBegan() {
        Recording recording = parse(HEADER
                + CALL.replace("5", "9")
                + CALL.replace("5", "3").replace("(1)", "(2)")
                + CALL.replace("5", "3").replace("(1)", "(3)"));

        assertThat(recording.calls()).extracting(RecordedCall::arguments).containsExactly("(2)", "(3)", "(1)");
        assertThat(recording.calls()).extracting(RecordedCall::line).containsExactly(3, 4, 2);
        assertThat(recording.calls().get(0)).hasToString("Gateway.charge(2)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"at\":5 | \"at\":\"5\" | a whole number, not negative as \"at\", but has \"5\"",
                "\"at\":5 | \"at\":-5 | a whole number, not negative as \"at\", but has -5",
                "\"latency\":7 | \"latency\":null | a whole number, not negative as \"latency\", but has null",
                "\"method\":\"Gateway.charge\" | \"method\":null | a text as \"method\", but has null",
                "\"arguments\":\"(1)\" | \"arguments\":1 | a text as \"arguments\", but has 1",
                "\"result\":\"ok\" | \"result\":1 | a text as \"result\", but has 1",
                "\"result\":\"ok\" | \"failure\":\"X\" | a text as \"message\", but has only [at, method, arguments, "
                        + "latency, failure]",
                "\"result\":\"ok\" | \"failure\":null,\"message\":null | a text as \"failure\", but has null",
                ",\"result\":\"ok\" | ~~ | a text as \"result\", but has only [at, method, arguments, latency]"
            })
    void aLineMustHaveAllOfACall(String good, String bad, String rest) {
        assertThatThrownBy(() -> parse(HEADER + CALL + CALL.replace(good, bad == null ? "" : bad)))
                .isInstanceOf(ChaosException.class)
                .hasMessage("line 3 of gateway.jsonl must have " + rest + ". Record it again, or mend the line.");
    }

    @Test
    void aLineMustBeAnObject() {
        assertThatThrownBy(() -> parse(HEADER + "\n" + CALL))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "line 2 of gateway.jsonl must be one JSON object of texts, whole numbers and null, but at "
                                + "column 1 expected was '{', and found the end of the line. Record it again, or mend the line.");
    }

    @Test
    void aCallMustNotTakeLongerThanADay() {
        assertThatThrownBy(() -> parse(HEADER + CALL.replace("7", "86400000000001")))
                .isInstanceOf(ChaosException.class)
                .hasMessage("line 2 of gateway.jsonl must have a latency of at most a day, but has PT24H0.000000001S. "
                        + "Record it again, or mend the line.");
    }

    @Test
    void itMustBeginWithItsVersion() {
        assertThatThrownBy(() -> parse(""))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "gateway.jsonl must begin with {\"recording\":1}, but is empty. Record it again: the recorder "
                                + "was perhaps not closed.");
        assertThatThrownBy(() -> parse("{\"recording\":2}"))
                .hasMessage("line 1 of gateway.jsonl must have version 1 of the format, but has 2. Record it again.");
        assertThatThrownBy(() -> parse(CALL))
                .hasMessage(
                        "line 1 of gateway.jsonl must have a whole number, not negative as \"recording\", but has only "
                                + "[at, method, arguments, latency, result]. Record it again, or mend the line.");
    }

    @Test
    void theFileMustBeReadable(@TempDir Path directory) throws IOException {
        Path none = directory.resolve("none.jsonl");
        assertThatThrownBy(() -> Recording.read(none))
                .isInstanceOf(ChaosException.class)
                .hasMessage("the file of a recording must be readable as UTF-8, but " + none
                        + " is not: java.nio.file.NoSuchFileException: " + none
                        + ". Check its path, or record it again.");
        Path binary = Files.write(directory.resolve("binary.jsonl"), new byte[] {'{', (byte) 0xff});
        assertThatThrownBy(() -> Recording.read(binary))
                .hasMessageStartingWith(
                        "the file of a recording must be readable as UTF-8, but " + binary + " is not: ");
    }
}
