// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.link.TcpLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * 64 MiB from a server that does nothing else than send them, directly and through an idle link: the bare sockets, where a
 * relay must cost most. For {@link SideBySide}; what a database leaves of it, {@link CopyThroughput} shows for the seam.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
public class LinkThroughput {

    private static final int BYTES = 64 << 20;
    private static final int BLOCK = 64 << 10;

    static final List<String> WAYS = List.of("direct", "idle");

    private final Turns turns = new Turns(WAYS);
    private final Map<String, Socket> clients = new HashMap<>();
    private final byte[] received = new byte[BLOCK];
    private ServerSocket listener;
    private TcpLink link;
    private Socket client;

    @Setup
    public void connect() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        link = TcpLink.open("idle", new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
        clients.put("direct", connect(listener.getLocalPort()));
        clients.put("idle", connect(link.port()));
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        Socket server = listener.accept();
        Thread sender = new Thread(() -> answer(server), "benchmark-sender");
        sender.setDaemon(true);
        sender.start();
        return socket;
    }

    private static void answer(Socket server) {
        byte[] block = new byte[BLOCK];
        try (server) {
            while (server.getInputStream().read() >= 0) {
                for (int sent = 0; sent < BYTES; sent += BLOCK) {
                    server.getOutputStream().write(block);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Setup(Level.Iteration)
    public void nextWay() {
        client = clients.get(turns.next());
    }

    @Benchmark
    public long receive() throws IOException {
        client.getOutputStream().write(1);
        long bytes = 0;
        while (bytes < BYTES) {
            int n = client.getInputStream().read(received);
            if (n < 0) {
                throw new IOException("The stream must be " + BYTES + " bytes, but ended after " + bytes + ".");
            }
            bytes += n;
        }
        return bytes;
    }

    @TearDown
    public void close() throws IOException {
        for (Socket each : clients.values()) {
            each.close();
        }
        link.close();
        listener.close();
    }
}
