// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stages do by themselves, without sockets. */
class StageTest {

    private static final byte[] BYTES = new byte[10_000];
    private static final Draws DRAWS = new Draws(0.3, 0);

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_460, 9_999})
    void theSameBitsAreWrongHoweverTheStreamIsCut(int piece) {
        byte[] whole = through(Corruption.perByte(0.01), BYTES.length).bytes();

        assertThat(through(Corruption.perByte(0.01), piece).bytes()).isEqualTo(whole);
        assertThat(IntStream.range(0, whole.length).filter(i -> whole[i] != 0).count())
                .isBetween(50L, 200L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_460, 9_999})
    void theSamePiecesAreLostHoweverTheStreamIsCut(int piece) {
        byte[] whole = through(new Loss(0.5, 100), BYTES.length).bytes();

        assertThat(through(new Loss(0.5, 100), piece).bytes()).isEqualTo(whole);
        assertThat(whole.length).isBetween(3_000, 7_000);
        assertThat(whole.length % 100).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_460, 9_999})
    void theSlicesEndAtTheSamePlacesHoweverTheStreamIsCut(int piece) {
        Slicer slicer = new Slicer(10, 30, Duration.ofMillis(1));

        assertThat(through(slicer, piece).ends())
                .containsAll(through(slicer, BYTES.length).ends());
        assertThat(through(slicer, piece).bytes()).isEqualTo(BYTES);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-17, 1e-300, Double.MIN_VALUE})
    void whatIsNextToImpossibleDoesNotHappen(double probability) {
        assertThat(through(Corruption.perByte(probability), 1_000).bytes()).isEqualTo(BYTES);
    }

    @Test
    void aSmallPartDoesNotKeepTheWholeChunkInMemory() throws IOException {
        Chunk whole = Chunk.copyOf(BYTES, BYTES.length);
        Chunk small = whole.part(0, 10);
        whole.flip(0, 0);

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        small.writeTo(out);

        assertThat(out.toByteArray()).isEqualTo(new byte[10]);
    }

    @Test
    void bytesUnderLatencyDoNotWaitForEachOther() {
        Recorded out = through(Latency.of(Duration.ofMillis(200)), 1_000);

        assertThat(out.dues).hasSize(10).containsOnly(200_000_000L);
    }

    @Test
    void aBandwidthSpreadsBytesEvenly() {
        Recorded out = through(new Bandwidth(10_000), BYTES.length);

        assertThat(out.dues).hasSize(20).first().isEqualTo(50_000_000L);
        assertThat(out.dues).last().isEqualTo(1_000_000_000L);
    }

    @Test
    void aBandwidthOfOneByteASecondIsOne() {
        Recorded out = new Recorded();
        new Bandwidth(1).stage(DRAWS).bytes(Chunk.copyOf(BYTES, 3), out);

        assertThat(out.dues).containsExactly(1_000_000_000L, 2_000_000_000L, 3_000_000_000L);
    }

    @Test
    void aBandwidthAboveEveryChunkDoesNotOverflow() {
        Recorded out = through(new Bandwidth(Long.MAX_VALUE), BYTES.length);

        assertThat(out.bytes()).isEqualTo(BYTES);
    }

    @Test
    void aLimitOfNothingClosesAtTheFirstByte() {
        Recorded out = through(new LimitData(0), 1_000);

        assertThat(out.bytes()).isEmpty();
        assertThat(out.signals).containsExactly(Signal.CLOSE);
    }

    @Test
    void otherDirectionsAndConnectionsDrawOtherwise() {
        assertThat(new Draws(0.3, 0).at(5)).isEqualTo(DRAWS.at(5)).isNotEqualTo(DRAWS.at(6));
        assertThat(new Draws(0.3, 1).at(5)).isNotEqualTo(DRAWS.at(5));
        assertThat(new Draws(0.4, 0).at(5)).isNotEqualTo(DRAWS.at(5));
    }

    private static Recorded through(Toxic toxic, int piece) {
        Recorded out = new Recorded();
        Stage stage = toxic.stage(DRAWS);
        stage.begin(out);
        for (int at = 0; at < BYTES.length; at += piece) {
            stage.bytes(Chunk.copyOf(BYTES, Math.min(piece, BYTES.length - at)), out);
        }
        return out;
    }

    /** Keeps what was handed on, at time zero. */
    private static final class Recorded implements Outlet {
        private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
        private final List<Long> dues = new ArrayList<>();
        private final List<Integer> ends = new ArrayList<>();
        private final List<Signal> signals = new ArrayList<>();

        byte[] bytes() {
            return passed.toByteArray();
        }

        List<Integer> ends() {
            return ends;
        }

        @Override
        public long now() {
            return 0;
        }

        @Override
        public void pass(Chunk chunk, long due) {
            try {
                chunk.writeTo(passed);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            dues.add(due);
            ends.add(passed.size());
        }

        @Override
        public void pass(Signal signal, long due) {
            signals.add(signal);
        }

        @Override
        public void after(Duration delay, Runnable action) {
            throw new AssertionError("not asked for here");
        }

        @Override
        public void close() {
            throw new AssertionError("not asked for here");
        }

        @Override
        public void reset() {
            throw new AssertionError("not asked for here");
        }

        @Override
        public void struck() {}
    }
}
