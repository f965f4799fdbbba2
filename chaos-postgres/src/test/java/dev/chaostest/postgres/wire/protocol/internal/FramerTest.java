// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramerTest {

    private final List<ByteBuffer> parts = new ArrayList<>();
    private final StringBuilder all = new StringBuilder();
    private final StringBuilder shown = new StringBuilder();
    private final Framer framer = new Framer(new Rules(), this::passed, true);

    /** Shows all of each message; takes out X; says "!" before B; D is a row. */
    private final class Rules implements Framer.Reader {
        @Override
        public int wanted(byte type, int bodyLength) {
            return type == 'D' ? 0 : bodyLength;
        }

        @Override
        public boolean isPassed(byte type, ByteBuffer seen, int body) {
            shown.append((char) type);
            assertThat(seen.get(seen.position())).as("the header is first").isEqualTo(type);
            seen.position(body);
            if (type == 'B') {
                framer.flush();
                all.append('!').append(Messages.read(seen)).append('!');
            }
            return type != 'X';
        }

        @Override
        public boolean isAlike(byte type) {
            return type == 'D';
        }
    }

    private void passed(ByteBuffer part) {
        parts.add(part.duplicate());
        byte[] copy = new byte[part.remaining()];
        part.get(copy);
        all.append(new String(copy, StandardCharsets.ISO_8859_1));
    }

    private static String text(ByteBuffer... messages) {
        StringBuilder text = new StringBuilder();
        for (ByteBuffer message : messages) {
            text.append(StandardCharsets.ISO_8859_1.decode(message.duplicate()));
        }
        return text.toString();
    }

    private static ByteBuffer message(char type, String body) {
        return Messages.message(type, Messages.text(body));
    }

    private void feed(String bytes, int size) {
        byte[] array = bytes.getBytes(StandardCharsets.ISO_8859_1);
        for (int from = 0; from < array.length; from += size) {
            framer.feed(ByteBuffer.wrap(array, from, Math.min(size, array.length - from)));
        }
    }

    @Test
    void aPieceThatPassesGoesOnInOnePartAndUncopied() {
        byte[] piece =
                text(message('A', "one"), message('C', ""), message('A', "two")).getBytes(StandardCharsets.ISO_8859_1);

        framer.feed(ByteBuffer.wrap(piece));

        assertThat(shown).hasToString("ACA");
        assertThat(parts).singleElement().satisfies(part -> {
            assertThat(part).isEqualTo(ByteBuffer.wrap(piece));
            piece[0] = 'Z';
            assertThat(part.get(0)).as("the same bytes, not a copy").isEqualTo((byte) 'Z');
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 11, 1000})
    void whatIsSaidComesBehindWhatPassedBefore(int size) {
        ByteBuffer a = message('A', "one");
        ByteBuffer b = message('B', "said");
        ByteBuffer c = message('C', "two");

        feed(text(a, message('X', "taken out"), a, b, message('X', ""), c, b), size);

        assertThat(all)
                .as("in pieces of %d", size)
                .hasToString(text(a, a) + "!said!" + text(b, c) + "!said!" + text(b));
        assertThat(shown).hasToString("AXABXCB");
    }

    @Test
    void rowsBehindARowPassUnseen() {
        String rows = text(message('D', "1"), message('D', "two"), message('D', ""));
        String bytes = rows + text(message('C', "end")) + rows;

        feed(bytes, bytes.length());

        assertThat(shown).hasToString("DCD");
        assertThat(all).hasToString(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void rowsMayBeCutAnywhere(int size) {
        String bytes = text(message('D', "1"), message('D', "two"), message('D', ""), message('C', "end"));

        feed(bytes, size);

        assertThat(shown.toString()).startsWith("D").endsWith("C");
        assertThat(all).hasToString(bytes);
    }

    @Test
    void whatCannotBeAMessagePassesFromThereOn() {
        String rows = text(message('D', "1"), message('D', "2"));
        String bytes = rows + "D\0\0\0\3" + text(message('X', "not understood any more"));

        feed(bytes, bytes.length());

        assertThat(shown).hasToString("D");
        assertThat(all).hasToString(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void whatCannotBeAMessagePassesThoughNothingComesBehindIt(int size) {
        feed("D\0\0\0\3", size);

        assertThat(all).hasToString("D\0\0\0\3");
    }
}
