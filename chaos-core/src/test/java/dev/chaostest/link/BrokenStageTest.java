// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.link.toxic.Chunk;
import dev.chaostest.link.toxic.Draws;
import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.link.toxic.Outlet;
import dev.chaostest.link.toxic.Stage;
import dev.chaostest.link.toxic.Toxic;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Toxics of the user's own that do what they must not: a connection may break of it, but never hang in silence. */
class BrokenStageTest {

    private Ends ends;
    private ChaosScope scope;
    private TcpLink link;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
        scope = ChaosScope.open("broken", Plan.of(new Seed(1)));
        link = scope.link("bank", ends.address());
    }

    @AfterEach
    void close() throws IOException {
        scope.heal();
        scope.close();
        ends.close();
    }

    @Test
    void anErrorForBytesBreaksTheConnectionAndIsWrittenDown() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");
        link.inject(new Own(new Stage() {
            @Override
            public void bytes(Chunk chunk, Outlet out) {
                throw new AssertionError("a bug");
            }
        }));

        Ends.send(both.client(), "x");

        sawReset(both.client());
        assertThat(notes())
                .contains("link bank closed a connection that it could not carry: java.lang.AssertionError: a bug");
    }

    @Test
    void whatFailsAfterATimeBreaksTheConnectionAndIsWrittenDown() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");

        link.inject(new Own(new Stage() {
            @Override
            public void begin(Outlet out) {
                out.after(Duration.ofMillis(1), () -> {
                    throw new IllegalStateException("a bug");
                });
            }
        }));

        sawReset(both.client());
        assertThat(notes())
                .contains("link bank closed a connection that it could not carry: "
                        + "java.lang.IllegalStateException: a bug");
    }

    @Test
    void bytesCanNotBeHandedOnAfterATime() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("before");

        link.inject(new Own(new Stage() {
            @Override
            public void begin(Outlet out) {
                out.after(Duration.ofMillis(1), () -> out.pass(Chunk.copyOf(new byte[1], 1), out.now()));
            }
        }));

        sawReset(both.client());
        assertThat(notes())
                .contains("link bank closed a connection that it could not carry: java.lang.IllegalStateException: "
                        + "a stage must hand on while it is given bytes or a signal, but did so at another time. "
                        + "Hand them on at once, with the time at which they are due.");
    }

    @Test
    void aToxicThatIsTakenAwayWhileItBeginsDoesNotStay() throws IOException {
        Ends.Both both = ends.connect(link);
        link.inject(new Own(new Stage() {
            @Override
            public void begin(Outlet out) {
                scope.heal();
            }

            @Override
            public void bytes(Chunk chunk, Outlet out) {
                out.pass(chunk, Outlet.NEVER);
            }
        }));

        both.roundTrip("after");
    }

    @Test
    void aTimeThatIsUpWhileBytesAreHandedInIsNotMissed() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        VirtualTime time = new VirtualTime();
        ChaosScope later = ChaosScope.open("later", Plan.of(new Seed(1)), time);
        TcpLink other = later.link("other", ends.address());
        Ends.Both both = ends.connect(other);
        both.roundTrip("before");
        later.inject(Rule.of(LinkTarget.toServer("other"), Trigger.always(), new Own(new Stage() {
            @Override
            public void begin(Outlet out) {
                out.after(Duration.ofMillis(1), () -> {
                    out.reset();
                    done.countDown();
                });
            }

            @Override
            public void bytes(Chunk chunk, Outlet out) {
                entered.countDown();
                await(done);
            }
        })));

        Ends.send(both.client(), "x");
        await(entered);
        time.advance(Duration.ofMillis(1));

        sawReset(both.server());
        later.heal();
        later.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(Ends.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> notes() {
        return scope.ledger().entries(LedgerEntry.Noted.class).stream()
                .map(LedgerEntry.Noted::text)
                .toList();
    }

    private static void sawReset(Socket peer) {
        assertThatThrownBy(() -> peer.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
    }

    /** What is tried. */
    private record Own(Stage stage) implements Toxic {

        @Override
        public Stage stage(Draws draws) {
            return stage;
        }

        @Override
        public String toString() {
            return "a toxic of the user's own";
        }
    }
}
