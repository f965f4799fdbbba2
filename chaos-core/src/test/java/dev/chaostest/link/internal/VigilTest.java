// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.link.toxic.Toxic;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.time.TimeSource;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a wait may last, by a time that stands still. */
@Timeout(60)
class VigilTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final VirtualTime time = new VirtualTime();
    private final Mount mount = new Mount("the link bank", LinkTarget.SEAM, Set.of(Toxic.class));
    private final Round round = new Round("vigil", Plan.of(new Seed(1)), TimeSource.system());
    private ServerSocket listener;
    private Relay relay;
    private Mount.Arming armed;
    private Socket client;

    @BeforeEach
    void open() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        relay = Relay.open(
                "bank",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()),
                mount,
                Sluice.Maker.open(),
                time);
        armed = mount.arm(round);
        relay.partition(true);
        client = new Socket(InetAddress.getLoopbackAddress(), relay.address().getPort());
        await().atMost(PATIENCE).until(() -> relay.connections() == 1);
    }

    @AfterEach
    void close() throws IOException {
        relay.close();
        client.close();
        listener.close();
        assertThat(time.timers()).isEmpty();
    }

    /** Moves on to the next look, and waits until that is done. */
    private void look() throws InterruptedException {
        time.awaitTimers(1, PATIENCE);
        time.advance(Duration.ofSeconds(10));
        time.awaitTimers(1, PATIENCE);
    }

    private void looks(int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            look();
        }
    }

    @Test
    void waitBeginsWhenItIsFirstSeenAndEndsAfterTheLimit() throws InterruptedException {
        looks(9);
        assertThat(round.findings()).isEmpty();
        looks(1);
        assertThat(round.findings()).hasSize(1);
        assertThat(relay.connections()).isZero();
    }

    @Test
    void outageThatComesAgainIsAnother() throws InterruptedException {
        looks(9);
        relay.hold(true);
        relay.hold(false);
        looks(9);
        assertThat(round.findings()).isEmpty();
    }

    @Test
    void clientThatSpeaksAgainDoesNotWait() throws Exception {
        relay.hold(true);
        relay.partition(false);
        client.getOutputStream().write('x');
        awaitSaid(1);
        looks(9);
        client.getOutputStream().write('y');
        awaitSaid(2);
        looks(9);
        assertThat(round.findings()).isEmpty();
        looks(1);
        assertThat(round.findings()).hasSize(1);
    }

    @Test
    void whoLetOneWaitTooLongHasLessTimeForTheNext() throws Exception {
        looks(10);
        try (Socket next =
                new Socket(InetAddress.getLoopbackAddress(), relay.address().getPort())) {
            await().atMost(PATIENCE).until(() -> relay.connections() == 1);
            looks(2);
            assertThat(relay.connections()).isZero();
            assertThat(next.isConnected()).isTrue();
        }
        assertThat(round.findings()).hasSize(1);
    }

    @Test
    void nobodyLooksWhenTheRoundIsOver() throws InterruptedException {
        looks(9);
        armed.close();
        time.advance(Duration.ofSeconds(10));
        assertThat(time.timers()).isEmpty();
        assertThat(round.findings()).isEmpty();
        assertThat(relay.connections()).isEqualTo(1);
    }

    private void awaitSaid(long times) {
        await().atMost(PATIENCE)
                .until(() ->
                        relay.seen(round).get(0).connection().waiting().talk().said() == times);
    }
}
