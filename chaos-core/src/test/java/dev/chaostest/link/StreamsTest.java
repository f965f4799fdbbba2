// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.link.toxic.Bandwidth;
import dev.chaostest.link.toxic.BlackHole;
import dev.chaostest.link.toxic.CloseAfter;
import dev.chaostest.link.toxic.Corruption;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.LimitData;
import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.link.toxic.Loss;
import dev.chaostest.link.toxic.Reset;
import dev.chaostest.link.toxic.Slicer;
import dev.chaostest.link.toxic.SlowClose;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No byte is lost, reordered or invented that a toxic does not name, while it comes and goes and both directions flow. */
class StreamsTest {

    private static final int BYTES = 3 << 20;
    private static final int TIMES = 12;
    private static final long PATIENCE_SECONDS = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(PATIENCE_SECONDS);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Semaphore progress = new Semaphore(0);
    private Ends ends;
    private ChaosScope scope;
    private TcpLink link;
    private Stream there;
    private Stream back;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
        scope = ChaosScope.open("streams", Plan.of(new Seed(11)));
        link = open(scope, ends.address());
        Ends.Both both = ends.connect(link);
        there = new Stream(1, BYTES, both.client(), both.server(), progress);
        back = new Stream(2, BYTES, both.server(), both.client(), progress);
    }

    /** A link to that server, owned and armed. */
    TcpLink open(ChaosScope owner, InetSocketAddress server) {
        return owner.link("bank", server);
    }

    @AfterEach
    void close() throws IOException {
        scope.close();
        ends.close();
        threads.shutdownNow();
    }

    static List<Fault> lossless() {
        return List.of(
                Latency.of(Duration.ofMillis(1)),
                Latency.of(Duration.ofMillis(2), Duration.ofMillis(2)),
                new Bandwidth(40_000_000),
                new Slicer(1, 5_000, Duration.ZERO),
                new Slicer(3_000, 5_000, Duration.ofNanos(100_000)),
                new SlowClose(Duration.ofMillis(1)),
                Reset.after(Duration.ofHours(1)),
                new CloseAfter(Duration.ofHours(1)),
                new LimitData(Long.MAX_VALUE),
                Corruption.ofByte(Long.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("lossless")
    void allBytesArriveWhileItComesAndGoes(Fault fault) throws Exception {
        comesAndGoes(() -> link.inject(fault));

        assertThat(arrived(there)).isTrue();
        assertThat(arrived(back)).isTrue();
    }

    @Test
    void allBytesArriveWhileSeveralComeAndGo() throws Exception {
        Outage latency = link.inject(Latency.of(Duration.ofMillis(1), Duration.ofMillis(1)));
        comesAndGoes(() -> {
            Outage slicer = link.inject(new Slicer(1_000, 9_000, Duration.ZERO));
            Outage bandwidth = link.inject(new Bandwidth(60_000_000));
            return () -> {
                slicer.close();
                bandwidth.close();
            };
        });
        latency.close();

        assertThat(arrived(there)).isTrue();
        assertThat(arrived(back)).isTrue();
    }

    @Test
    void allBytesArriveThroughHoldsAndPartitions() throws Exception {
        CompletableFuture<Void> done = start();
        for (int i = 0; i < TIMES / 2; i++) { // of two each
            goOn();
            link.hold().during(() -> letGo(1));
            goOn();
            link.partition().during(() -> link.hold().during(() -> letGo(1)));
        }
        finish(done);

        assertThat(arrived(there)).isTrue();
        assertThat(arrived(back)).isTrue();
    }

    @Test
    void corruptionTurnsBitsOverAndDoesNothingElse() throws Exception {
        CompletableFuture<Void> done = start();
        comesAndGoes(TIMES - 2, () -> link.inject(Corruption.perByte(0.0001)));
        try (Outage noise = link.inject(Corruption.perByte(0.0001))) { // at the end, so that both directions meet it
            finish(done);
        }

        for (Stream stream : List.of(there, back)) {
            byte[] received = stream.received();
            assertThat(received.length).isEqualTo(BYTES);
            assertThat(wrongBits(stream.sent(), received)).isBetween(1, BYTES / 100);
        }
    }

    /** The bits that differ; a byte with more than one counts as all of them. */
    private static int wrongBits(byte[] sent, byte[] received) {
        int wrong = 0;
        for (int i = 0; i < sent.length; i++) {
            int bits = Integer.bitCount((sent[i] ^ received[i]) & 0xff);
            wrong += bits > 1 ? BYTES : bits;
        }
        return wrong;
    }

    @Test
    void lossLosesWholePiecesAndDoesNothingElse() throws Exception {
        Outage loss = link.inject(new Loss(0.1, 1_000));
        finish(start());
        loss.close();

        for (Stream stream : List.of(there, back)) {
            assertThat(stream.received().length).isBetween(BYTES / 2, BYTES - 1);
            assertThat(withoutSomePieces(stream.sent(), stream.received(), 1_000))
                    .isTrue();
        }
    }

    @Test
    void aBlackHoleSwallowsOneStretchAndNothingElse() throws Exception {
        CompletableFuture<Void> done = start();
        goOn();
        Rule swallow = Rule.of(LinkTarget.toServer("bank"), Trigger.always(), BlackHole.forEver());
        try (Watch fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance);
                Injection hole = scope.inject(swallow)) {
            letGo(4);
            fired.await(PATIENCE);
        }
        finish(done);

        assertThat(arrived(back)).isTrue();
        byte[] received = there.received();
        int kept = Arrays.mismatch(there.sent(), received);
        assertThat(received.length).isLessThan(BYTES);
        assertThat(kept).isBetween(0, received.length);
        int tail = received.length - kept;
        assertThat(Arrays.equals(received, kept, received.length, there.sent(), BYTES - tail, BYTES))
                .isTrue();
    }

    @Test
    void aLimitLetsExactlySoManyBytesThrough() throws Exception {
        link.inject(new LimitData(1_234_567));
        there.goOn();
        CompletableFuture<Void> done = there.run(threads).exceptionally(closed -> null);
        done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

        assertThat(there.received().length).isEqualTo(1_234_567);
        assertThat(Arrays.mismatch(there.received(), there.sent())).isEqualTo(1_234_567);
    }

    private void comesAndGoes(Supplier<Outage> inject) throws Exception {
        CompletableFuture<Void> done = start();
        comesAndGoes(TIMES, inject);
        finish(done);
    }

    private void comesAndGoes(int times, Supplier<Outage> inject) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            try (Outage outage = inject.get()) {
                goOn();
            }
            goOn();
        }
    }

    private CompletableFuture<Void> start() {
        return CompletableFuture.allOf(there.run(threads), back.run(threads));
    }

    /** Lets another block go in each direction, and waits until some of it has come through. */
    private void goOn() throws InterruptedException {
        progress.drainPermits();
        letGo(1);
        assertThat(progress.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private void letGo(int blocks) {
        there.go(blocks);
        back.go(blocks);
    }

    private void finish(CompletableFuture<Void> done) throws Exception {
        there.goOn();
        back.goOn();
        done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static boolean arrived(Stream stream) {
        return Arrays.mismatch(stream.sent(), stream.received()) == -1;
    }

    private static boolean withoutSomePieces(byte[] sent, byte[] received, int piece) {
        int at = 0;
        for (int begin = 0; begin < sent.length; begin += piece) {
            int end = Math.min(sent.length, begin + piece);
            int until = at + end - begin;
            if (until <= received.length && Arrays.equals(sent, begin, end, received, at, until)) {
                at = until;
            }
        }
        return at == received.length;
    }
}
