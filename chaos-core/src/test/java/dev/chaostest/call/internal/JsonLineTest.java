// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLineTest {

    private static final String WHERE = "line 3 of gateway.jsonl";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "\"quoted\" and \\ back",
                "line\nbreak\r\ttab",
                "\u0000\u0001\u001f",
                "ü€ 漢",
                "\ud83d\ude00",
                "half \ud83d only",
                "\u2028 \u007f",
                "{\"a\":1}"
            })
    void whatIsWrittenIsReadAgainOnOneLine(String text) {
        String line = JsonLine.empty()
                .and(text, text)
                .and("n", 7L)
                .and("nothing", null)
                .print();

        assertThat(line.lines()).hasSize(1);
        JsonLine read = JsonLine.parse(WHERE, line);
        assertThat(read.text(text)).isEqualTo(text);
        assertThat(read.number("n")).isEqualTo(7);
        assertThat(read.textOrNull("nothing")).isNull();
    }

    @Test
    void itIsPlainJson() {
        assertThat(JsonLine.empty()
                        .and("a", "x\"y")
                        .and("b", 12L)
                        .and("c", null)
                        .print())
                .isEqualTo("{\"a\":\"x\\\"y\",\"b\":12,\"c\":null}");
        assertThat(JsonLine.empty().print()).isEqualTo("{}");
    }

    @Test
    void whatOthersWriteIsReadToo() {
        JsonLine line =
                JsonLine.parse(WHERE, " { \"a\" : \"\\u0041\\/\\b\\f\\n\" ,\t\"b\" : -0 , \"c\":999999999999999999 } ");

        assertThat(line.text("a")).isEqualTo("A/\b\f\n");
        assertThat(line.values()).containsEntry("b", 0L).containsEntry("c", 999_999_999_999_999_999L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~ | 1 | '{' | the end of the line",
                "[] | 1 | '{' | '['",
                "{\"a\":1 | 7 | '}' | the end of the line",
                "{\"a\":1,} | 8 | '\"' | '}'",
                "{\"a\" 1} | 6 | ':' | '1'",
                "{\"a\":1} x | 9 | the end of the line | 'x'",
                "{\"a\":1.5} | 6 | a text, a whole number or null | '1'",
                "{\"a\":1e5} | 6 | a text, a whole number or null | '1'",
                "{\"a\":01} | 6 | a text, a whole number or null | '0'",
                "{\"a\":1234567890123456789} | 6 | a text, a whole number or null | '1'",
                "{\"a\":true} | 6 | a text, a whole number or null | 't'",
                "{\"a\":{}} | 6 | a text, a whole number or null | '{'",
                "{\"a\":nul} | 6 | a text, a whole number or null | 'n'",
                "{\"a\":nullx} | 10 | '}' | 'x'",
                "{\"a\":\"x} | 9 | the end of a text | the end of the line",
                "{\"a\":\"\\x\"} | 8 | an escape | 'x'",
                "{\"a\":\"\\u00g0\"} | 8 | an escape | 'u'",
                "{\"a\":\"\\u00 | 8 | an escape | 'u'",
                "{\"a\":\"\\ | 8 | an escape | the end of the line",
                "{\"a\":1,\"a\":2} | 8 | another name than \"a\", which it has already | '\"'"
            })
    void anythingElseIsRefusedWithItsPlace(String line, int column, String expected, String found) {
        assertThatThrownBy(() -> JsonLine.parse(WHERE, line))
                .isInstanceOf(ChaosException.class)
                .hasMessage(WHERE + " must be one JSON object of texts, whole numbers and null, but at column " + column
                        + " expected was " + expected + ", and found " + found
                        + ". Record it again, or mend the line.");
    }

    @Test
    void aRawControlCharacterIsRefused() {
        assertThatThrownBy(() -> JsonLine.parse(WHERE, "{\"a\":\"x\ty\"}"))
                .hasMessageContaining("at column 8 expected was an escaped character, and found '\t'");
    }

    @Test
    void valuesMustBeWhatIsAskedFor() {
        JsonLine line = JsonLine.parse(WHERE, "{\"text\":\"x\",\"number\":-1,\"nothing\":null}");

        assertThatThrownBy(() -> line.number("text"))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        WHERE + " must have a whole number, not negative as \"text\", but has \"x\". Record it again, "
                                + "or mend the line.");
        assertThatThrownBy(() -> line.number("number")).hasMessageContaining("as \"number\", but has -1.");
        assertThatThrownBy(() -> line.text("nothing"))
                .hasMessage(
                        WHERE + " must have a text as \"nothing\", but has null. Record it again, or mend the line.");
        assertThatThrownBy(() -> line.textOrNull("else"))
                .hasMessage(WHERE + " must have a text as \"else\", but has only [text, number, nothing]. Record it "
                        + "again, or mend the line.");
    }
}
