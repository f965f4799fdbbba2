// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Has a server be reached at another address, as the published port of a container does. */
final class Doorway implements AutoCloseable {

    private final InetSocketAddress server;
    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();

    Doorway(InetAddress address, InetSocketAddress server) throws IOException {
        this.server = server;
        this.listening = new ServerSocket(0, 10, address);
        start(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    int accepted() {
        return accepted.get();
    }

    private synchronized void start(Runnable task) {
        Thread thread = new Thread(task, "doorway");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                accepted.incrementAndGet();
                Socket onward = new Socket(server.getAddress(), server.getPort());
                sockets.addAll(List.of(client, onward));
                start(() -> copy(client, onward));
                start(() -> copy(onward, client));
            }
        } catch (IOException closed) { // by the test
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException closed) { // by one of the ends
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        for (Thread thread : threads()) {
            thread.join(30_000);
        }
    }

    private synchronized List<Thread> threads() {
        return List.copyOf(threads);
    }
}
