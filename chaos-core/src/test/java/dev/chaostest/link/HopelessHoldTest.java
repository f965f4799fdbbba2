// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A reader who would wait for ever. */
@Timeout(120)
class HopelessHoldTest {

    private final List<Hold.End> ends = new CopyOnWriteArrayList<>();
    private final AtomicInteger questions = new AtomicInteger();
    private Predicate<Duration> hopeless = waited -> true;
    private ServerSocket listener;
    private FilteredSocket client;
    private Socket server;

    /** Holds the first bytes of either side. */
    private final class Holding implements Filter {
        @Override
        public void fromClient(ByteBuffer bytes, Steps steps) {
            steps.holdToServer(hold());
            steps.toServer(bytes);
        }

        @Override
        public void fromServer(ByteBuffer bytes, Steps steps) {
            steps.holdToClient(hold());
            steps.toClient(bytes);
        }

        private Hold hold() {
            return Hold.untilHopeless(
                    Duration.ofMillis(5),
                    waited -> {
                        questions.incrementAndGet();
                        return hopeless.test(waited);
                    },
                    ends::add);
        }

        @Override
        public void closed() {}
    }

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        client = new FilteredSocket(new Holding(), System::nanoTime);
        client.connect(listener.getLocalSocketAddress());
        server = listener.accept();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        server.close();
        listener.close();
    }

    @Test
    void whatIsHeldToTheServerIsLostAndTheStreamEnds() throws IOException {
        client.getOutputStream().write('a');
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        assertThat(ends).containsExactly(Hold.End.HOPELESS);
    }

    @Test
    void whatIsHeldToTheClientIsLostAndTheStreamEnds() throws IOException {
        server.getOutputStream().write('a');
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(ends).containsExactly(Hold.End.HOPELESS);
    }

    @Test
    void readerWithATimeoutIsNotAsked() throws IOException {
        client.setSoTimeout(100);
        server.getOutputStream().write('a');
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        assertThat(questions).hasValue(0);
        assertThat(ends).isEmpty();
    }

    @Test
    void whoHasHopeIsAskedAgain() throws IOException {
        hopeless = waited -> questions.get() > 2;
        server.getOutputStream().write('a');
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(questions).hasValue(3);
    }

    @Test
    void whatIsOverIsNotGivenUp() {
        Hold hold = Hold.untilHopeless(Duration.ofMillis(5), waited -> true, ends::add);
        hold.release();
        hold.giveUp();
        assertThat(ends).containsExactly(Hold.End.RELEASED);
    }
}
