// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.SlowClose;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two things at one moment: each is tried many times, since no test can choose the moment. */
class LinkRaceTest {

    private static final int TRIES = 300;
    private static final long TALK_SECONDS = 60;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Ends ends;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
    }

    @AfterEach
    void close() throws IOException {
        ends.close();
        threads.shutdownNow();
    }

    @Test
    void nobodyWhoConnectedBeforeACutSurvivesIt() throws IOException {
        try (TcpLink link = TcpLink.open("bank", ends.address())) {
            for (int i = 0; i < TRIES; i++) {
                try (Socket client = ends.client(link)) {
                    link.cut();
                    link.restore();

                    client.setSoTimeout(Ends.PATIENCE_MILLIS);
                    assertThatThrownBy(() -> client.getInputStream().read())
                            .as("try %s", i)
                            .isInstanceOf(SocketException.class)
                            .hasMessage("Connection reset");
                }
            }
        }
    }

    @Test
    void nothingIsLeftHoweverEarlyALinkIsClosed() throws Exception {
        for (int i = 0; i < TRIES; i++) {
            TcpLink link = TcpLink.open("bank", ends.address());
            List<Socket> clients = new ArrayList<>();
            for (int k = 0; k < 3; k++) {
                clients.add(ends.client(link));
            }
            if (i % 3 == 0) {
                ends.server();
            }
            link.close();

            assertThat(link.residue()).as("try %s", i).isEmpty();
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aCutWhileTheServerIsDialledIsNotTheServersFault() throws Exception {
        try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ChaosScope scope = ChaosScope.open("slow", Plan.of(new Seed(1)))) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), slow.getLocalPort());
            TcpLink link = scope.link("bank", address);
            for (int i = 0; i < 30; i++) {
                for (int k = 0; k < 5; k++) {
                    ends.client(link);
                }
                link.cut();
                link.restore();
            }
            link.close();
            assertThat(scope.ledger().entries(LedgerEntry.Noted.class).stream().map(LedgerEntry.Noted::text))
                    .noneMatch(text -> text.contains("could not"));
        }
    }

    @Test
    void aSlowCloseOfAConnectionThatTheLinkItselfBreaksDidNotStrike() throws IOException {
        try (ChaosScope scope = ChaosScope.open("slow", Plan.of(new Seed(1)))) {
            TcpLink link = scope.link("bank", ends.address());
            link.inject(new SlowClose(Duration.ofHours(1)));
            for (int i = 0; i < TRIES; i++) {
                ends.connect(link);
                link.cut();
                link.restore();
            }
            assertThat(scope.fired()).isEmpty();
        }
    }

    @Test
    void aThousandToxicsCameAndWentWhileBytesFlow() throws Exception {
        try (ChaosScope scope = ChaosScope.open("often", Plan.of(new Seed(1)))) {
            TcpLink link = scope.link("bank", ends.address());
            Ends.Both both = ends.connect(link);
            AtomicBoolean over = new AtomicBoolean();
            Future<?> talk = threads.submit(() -> {
                for (int i = 0; !over.get() || i < 100; i++) {
                    both.roundTrip("talk " + i);
                }
                return null;
            });
            for (int i = 0; i < 1_000; i++) {
                Outage slow = link.inject(Latency.of(Duration.ofNanos(1_000)));
                if (i % 3 == 0) {
                    link.hold();
                }
                slow.close();
                link.release();
            }
            over.set(true);
            talk.get(TALK_SECONDS, TimeUnit.SECONDS);
        }
    }
}
