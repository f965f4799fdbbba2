// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.link.TcpLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client without a time-out behind a link that is dead. */
@Timeout(60)
class LinkHangTest {

    @Tag(ChaosTags.RECOVERY)
    static class EndlessTestCases {
        private final ServerSocket silent = listen();
        final InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), silent.getLocalPort());

        private static ServerSocket listen() {
            try {
                return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @AfterEach
        void close() throws IOException {
            silent.close();
        }

        @ChaosTest
        void waitsForEver(@ChaosLink(to = "server", name = "bank") TcpLink link) throws IOException {
            link.partition();
            try (Socket client = new Socket()) {
                client.connect(link.address());
                client.getOutputStream().write('x');
                client.getInputStream().read();
            }
        }

        @ChaosTest
        void swallowsWhatItSees(@ChaosLink(to = "server", name = "bank") TcpLink link) {
            try {
                waitsForEver(link);
            } catch (IOException reset) {
                assertThat(reset).hasMessage("Connection reset");
            }
        }
    }

    @Test
    void waitThatNothingWouldEndIsAFinding() {
        Inner inner = Inner.run(EndlessTestCases.class, Map.of("chaos.link-hang-limit", "90ms"));
        String finding =
                "A client of link bank must give up when no answer comes, but one waited longer than 90ms while the link "
                        + "was partitioned, so its connection was ended. Give the client a time-out for reads that is longer than an answer "
                        + "takes, or the code one that frees it.";
        assertThat(inner.failures())
                .extracting(Throwable::getMessage)
                .satisfiesExactlyInAnyOrder(
                        message -> assertThat(message)
                                .startsWith("LinkHangTest$EndlessTestCases.swallowsWhatItSees: " + finding),
                        message -> assertThat(message)
                                .startsWith(
                                        "LinkHangTest$EndlessTestCases.waitsForEver: SocketException: Connection reset")
                                .contains("\n  finding  : " + finding));
    }
}
