// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class ListenPortTest {

    @Test
    void aPortThatIsMutedRefusesAndStaysOurs() throws IOException {
        try (ListenPort port = ListenPort.open("bank")) {
            connect(port).close();
            port.mute();

            assertThatThrownBy(() -> connect(port)).isInstanceOf(ConnectException.class);
            for (int i = 0; i < 100; i++) {
                try (ServerSocket other = new ServerSocket(0)) {
                    assertThat(other.getLocalPort()).isNotEqualTo(port.address().getPort());
                }
            }
            ServerSocket again = port.unmute();
            assertThat(again.getLocalPort()).isEqualTo(port.address().getPort());
            connect(port).close();
        }
    }

    @Test
    void aPortThatSomebodyElseTookIsNamed() throws IOException {
        try (ListenPort port = ListenPort.open("bank")) {
            port.close();
            try (ServerSocket taker = new ServerSocket()) {
                taker.bind(port.address());

                assertThatThrownBy(port::unmute)
                        .isInstanceOf(ChaosException.class)
                        .hasMessage("port " + port.address().getPort() + " of link bank must be opened again, but "
                                + "java.net.BindException: Address already in use. Open another link.");
            }
        }
    }

    private static Socket connect(ListenPort port) throws IOException {
        return new Socket(port.address().getAddress(), port.address().getPort());
    }
}
