// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A filter that has made its client wait for what never comes ends the connection from outside. */
@Timeout(120)
class EnderTest {

    private final AtomicReference<@Nullable Runnable> ender = new AtomicReference<>();
    private final AtomicInteger closed = new AtomicInteger();
    private final FilteredSocket client = new FilteredSocket(new Swallowing(), System::nanoTime);
    private ServerSocket listener;
    private Socket server;
    private InputStream in;
    private OutputStream out;

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        client.connect(listener.getLocalSocketAddress());
        server = listener.accept();
        in = client.getInputStream();
        out = client.getOutputStream();
        out.write('a');
        assertThat(server.getInputStream().read()).isEqualTo('a');
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        server.close();
        listener.close();
    }

    @Test
    void whoReadsSeesTheEnd() throws Exception {
        FutureTask<Integer> read = new FutureTask<>(in::read);
        Thread reader = new Thread(read, "reader");
        reader.setDaemon(true);
        reader.start();
        end();
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
        assertThat(closed).hasValue(1);
        assertThat(server.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void whoReadsAndWritesLaterSeesTheEnd() throws IOException {
        end();
        end();
        assertThat(in.read()).isEqualTo(-1);
        assertThatThrownBy(() -> out.write('b')).isInstanceOf(SocketException.class);
        assertThat(closed).hasValue(1);
    }

    @Test
    void aConnectionThatIsGoneStaysAsItIs() throws IOException {
        client.close();
        end();
        assertThat(closed).hasValue(1);
        assertThatThrownBy(() -> in.read()).isInstanceOf(SocketException.class);
    }

    private void end() {
        Runnable what = ender.get();
        assertThat(what).isNotNull();
        what.run();
    }

    private final class Swallowing implements Filter {
        @Override
        public void fromClient(ByteBuffer bytes, Steps steps) {
            ender.set(steps.ender());
            steps.toServer(bytes);
        }

        @Override
        public void fromServer(ByteBuffer bytes, Steps steps) {
            bytes.position(bytes.limit());
        }

        @Override
        public void closed() {
            closed.incrementAndGet();
        }
    }
}
