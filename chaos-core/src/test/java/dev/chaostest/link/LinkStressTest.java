// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.Reset;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Short holds, outages and ends that meet at moments which nobody chooses: nothing hangs, and no byte is out of its place. */
@Timeout(240)
class LinkStressTest {

    private static final int CONNECTIONS = 3;
    private static final int TRIPS = 80;
    private static final int ROUNDS = 12;
    private static final long PATIENCE_SECONDS = 60;
    private static final int LONGEST_HOLD_NANOS = 400_000;
    private static final int LONGEST_SPIN = 100_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger over = new AtomicInteger();
    private ChaosScope scope;
    private TcpLink link;
    private Ends ends;

    /** The last one is another each time; the name of the test says which. */
    static LongStream seeds() {
        return LongStream.of(1, System.nanoTime());
    }

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
        scope = ChaosScope.open("stress", Plan.of(new Seed(1)));
    }

    @AfterEach
    void close() throws IOException {
        scope.close();
        ends.close();
        threads.shutdownNow();
    }

    private void link(long seed) {
        Random seeds = new Random(seed);
        link = scope.link("bank", ends.address(), () -> {
            synchronized (seeds) {
                return new Dawdling(new Random(seeds.nextLong()));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noByteIsLostWhereHoldsMeetOutages(long seed) throws Exception {
        link(seed);
        CountDownLatch talking = new CountDownLatch(CONNECTIONS);
        List<Future<?>> talks = talks(talking);
        Random random = new Random(seed);
        while (talking.getCount() > 0) {
            Outage outage = outage(random.nextInt(3));
            spin(random);
            outage.close();
            spin(random);
        }
        for (Future<?> talk : talks) {
            talk.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        closeLink();
    }

    private Outage outage(int which) {
        return switch (which) {
            case 0 -> link.hold();
            case 1 -> link.partition();
            default -> link.inject(Latency.of(Duration.ofNanos(LONGEST_HOLD_NANOS)));
        };
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyoneHearsOfAnEndThatMeetsHolds(long seed) throws Exception {
        link(seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<Ends.Both> all = new ArrayList<>();
            List<Future<?>> talks = talksThatEnd(all);
            Outage outage = outage(random.nextInt(3));
            spin(random);
            end(round % 4, all);
            outage.close();
            for (Future<?> talk : talks) {
                talk.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
        closeLink();
    }

    private void end(int which, List<Ends.Both> all) throws IOException {
        switch (which) {
            case 0 -> {
                link.cut();
                link.restore();
            }
            case 1 -> link.inject(Reset.now()).close();
            case 2 -> all.get(0).client().close();
            default -> all.get(0).server().close();
        }
    }

    private List<Future<?>> talks(CountDownLatch talking) throws IOException {
        List<Future<?>> talks = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Ends.Both both = ends.connect(link);
            talks.add(threads.submit(() -> {
                try {
                    talk(both);
                } finally {
                    talking.countDown();
                }
                return null;
            }));
        }
        return talks;
    }

    /** Over connections that may end. */
    private List<Future<?>> talksThatEnd(List<Ends.Both> all) throws IOException {
        List<Future<?>> talks = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Ends.Both both = ends.connect(link);
            all.add(both);
            talks.add(threads.submit(() -> {
                try {
                    talk(both);
                } catch (SocketTimeoutException e) {
                    throw new IOException("nobody told of the end", e);
                } catch (IOException e) { // it ended
                    return null;
                } finally {
                    both.client().close();
                    both.server().close();
                }
                return null;
            }));
        }
        return talks;
    }

    private static void talk(Ends.Both both) throws IOException {
        for (int i = 0; i < TRIPS; i++) {
            both.roundTrip("this is trip " + i);
        }
    }

    private static void spin(Random random) {
        for (int i = random.nextInt(LONGEST_SPIN); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    private void closeLink() {
        link.close();
        assertThat(link.residue()).isEmpty();
        assertThat(over).as("holds that were told of their end").hasValue(begun.get());
    }

    /** Holds what it likes, for a moment, and splits what it likes. */
    private final class Dawdling implements Filter {
        private final Random random;

        Dawdling(Random random) {
            this.random = random;
        }

        @Override
        public void fromClient(ByteBuffer bytes, Steps steps) {
            if (random.nextInt(3) == 0) {
                steps.toServer(firstHalf(bytes));
                steps.holdToServer(hold());
            }
            steps.toServer(bytes);
        }

        @Override
        public void fromServer(ByteBuffer bytes, Steps steps) {
            if (random.nextInt(3) == 0) {
                steps.toClient(firstHalf(bytes));
                steps.holdToClient(hold());
            }
            steps.toClient(bytes);
        }

        private ByteBuffer firstHalf(ByteBuffer bytes) {
            ByteBuffer half = bytes.slice(bytes.position(), bytes.remaining() / 2);
            bytes.position(bytes.position() + half.remaining());
            return half;
        }

        private Hold hold() {
            begun.incrementAndGet();
            if (random.nextInt(4) == 0) {
                Hold hold = Hold.untilReleased(end -> over.incrementAndGet());
                threads.execute(hold::release);
                return hold;
            }
            return new Hold(Duration.ofNanos(random.nextInt(LONGEST_HOLD_NANOS)), end -> over.incrementAndGet());
        }

        @Override
        public void closed() {}
    }
}
