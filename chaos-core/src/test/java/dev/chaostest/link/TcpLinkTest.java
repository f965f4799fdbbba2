// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static dev.chaostest.link.Ends.pass;
import static dev.chaostest.link.Ends.receive;
import static dev.chaostest.link.Ends.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpLinkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Ends ends;
    private TcpLink link;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
        link = open(ends.address());
    }

    /** A link to that server. */
    TcpLink open(InetSocketAddress server) {
        return TcpLink.open("bank", server);
    }

    @AfterEach
    void close() throws IOException {
        link.close();
        ends.close();
        assertThat(link.residue()).isEmpty();
    }

    @Test
    void bytesGoBothWays() throws IOException {
        Ends.Both both = ends.connect(link);

        assertThat(pass(both.client(), both.server(), "hello")).isEqualTo("hello");
        assertThat(pass(both.server(), both.client(), "good day")).isEqualTo("good day");
        assertThat(link.connections()).isEqualTo(1);
    }

    @Test
    void aHalfCloseIsPassedOnAndTheOtherWayGoesOn() throws IOException {
        Ends.Both both = ends.connect(link);

        send(both.client(), "last");
        both.client().shutdownOutput();

        assertThat(receive(both.server(), 100)).isEqualTo("last");
        assertThat(pass(both.server(), both.client(), "answer")).isEqualTo("answer");
        both.server().close();
        assertThat(both.client().getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aResetIsPassedOn() throws IOException {
        Ends.Both both = ends.connect(link);
        both.roundTrip("x");

        both.server().setSoLinger(true, 0);
        both.server().close();

        assertThatThrownBy(() -> both.client().getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
    }

    @Test
    void aLatencyDelaysBytesAndIsInTheLedger() throws Exception {
        VirtualTime time = new VirtualTime();
        Rule slow = Rule.of(LinkTarget.toServer("bank"), Trigger.always(), Latency.of(Duration.ofMillis(200)));
        try (ChaosScope scope = ChaosScope.open("test", Plan.of(new Seed(1), slow), time)) {
            scope.arm(link.mount());
            Ends.Both both = ends.connect(link);
            assertThat(scope.fired()).isEmpty();

            send(both.client(), "late");
            time.awaitTimers(1, PATIENCE);

            assertThat(time.timers()).containsExactly(Duration.ofMillis(200));
            assertThat(scope.fired()).hasSize(1);
            assertThat(scope.fired().get(0).hit()).hasToString("link:bank toServer, 1st on lane bank-connection-1");
            time.advance(Duration.ofMillis(200));
            assertThat(receive(both.server(), 4)).isEqualTo("late");
            assertThat(pass(both.server(), both.client(), "not late")).isEqualTo("not late");
            scope.verify();
        }
    }

    @Test
    void aScopeOpensOwnsAndArmsALink() throws IOException {
        TcpLink owned;
        Socket client;
        try (ChaosScope scope = ChaosScope.open("test", Plan.of(new Seed(1)))) {
            owned = scope.link("own", ends.address());
            client = ends.client(owned);
            new Ends.Both(client, ends.server()).roundTrip("x");
            assertThat(owned.mount().armed()).isSameAs(scope.round());
        }
        assertThat(owned.residue()).isEmpty();
        assertThat(owned.mount().armed()).isNull();
        assertThatThrownBy(() -> ends.client(owned)).isInstanceOf(IOException.class);
    }
}
