// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A filter that passes everything on leaves a socket that answers as the JDK's own, also where it refuses. */
@Timeout(120)
class PlainSocketTest {

    private static final class Passing implements Filter {
        @Override
        public void fromClient(ByteBuffer bytes, Steps steps) {
            steps.toServer(bytes);
        }

        @Override
        public void fromServer(ByteBuffer bytes, Steps steps) {
            steps.toClient(bytes);
        }

        @Override
        public void closed() {}
    }

    private interface Call {
        Object make() throws Exception;
    }

    private static String outcome(Call call) {
        try {
            return String.valueOf(call.make());
        } catch (Exception thrown) {
            return thrown.toString();
        }
    }

    private static Object set(Socket socket, int millis) throws Exception {
        socket.setSoTimeout(millis);
        return socket.getSoTimeout();
    }

    private static Object write(OutputStream out) throws Exception {
        out.write(new byte[] {1, 2});
        out.flush();
        return "written";
    }

    private static List<String> outcomes(Socket socket) throws Exception {
        List<String> seen = new ArrayList<>();
        seen.add(outcome(socket::getInputStream));
        seen.add(outcome(socket::getOutputStream));
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            socket.connect(listener.getLocalSocketAddress());
            try (Socket server = listener.accept()) {
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream();
                seen.add(outcome(() -> set(socket, -1)));
                seen.add(outcome(() -> set(socket, 20)));
                seen.add(outcome(in::read));
                seen.add(outcome(in::available));
                seen.add(outcome(() -> write(out)));
                seen.add(outcome(() -> server.getInputStream().read()));
                seen.add(outcome(() -> in.read(new byte[0])));
                seen.add(outcome(() -> socket.getInputStream() == in));
                server.shutdownOutput();
                seen.add(outcome(in::read));
                seen.add(outcome(in::read));
                seen.add(outcome(() -> write(out)));
                seen.add(socket.isClosed() + " " + socket.isConnected() + " " + socket.isInputShutdown());
                in.close();
                seen.add(socket.isClosed() + " " + socket.isConnected());
                seen.add(outcome(in::read));
                seen.add(outcome(in::available));
                seen.add(outcome(() -> write(out)));
                seen.add(outcome(socket::getSoTimeout));
                seen.add(outcome(() -> set(socket, 5)));
                seen.add(outcome(socket::getInputStream));
                seen.add(outcome(socket::getOutputStream));
                seen.add(outcome(socket::getTcpNoDelay));
                socket.close();
            }
        }
        return seen;
    }

    @Test
    void answersAreThoseOfAPlainSocket() throws Exception {
        List<String> plain = outcomes(new Socket());
        assertThat(plain)
                .contains("java.net.SocketTimeoutException: Read timed out", "java.net.SocketException: Socket closed");
        assertThat(outcomes(new FilteredSocket(new Passing(), System::nanoTime)))
                .as("-1, time-outs, the end, and everything after the close")
                .isEqualTo(plain);
    }
}
