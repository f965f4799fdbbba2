// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import dev.chaostest.link.Filter;
import dev.chaostest.link.FilteredSocket;
import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.SocketFactory;

/** A way that changes something: what the comparison must find. */
record Sabotage(String name, Supplier<Socket> sockets) implements Way {

    /** The driver makes its socket factories by itself, so they find theirs here. */
    private static final Map<String, Supplier<Socket>> BY_KEY = new ConcurrentHashMap<>();

    /** What becomes of one message, header and all; empty for nothing. */
    interface Change {
        byte[] of(char type, byte[] message);
    }

    static Sabotage fromServer(String name, Change change) {
        return new Sabotage(name, () -> new FilteredSocket(new Changing(change, false), System::nanoTime));
    }

    static Sabotage fromClient(String name, Change change) {
        return new Sabotage(name, () -> new FilteredSocket(new Changing(change, true), System::nanoTime));
    }

    @Override
    public Passage open() {
        String key = UUID.randomUUID().toString();
        BY_KEY.put(key, sockets);
        Properties properties = new Properties();
        properties.setProperty("sslmode", "disable");
        properties.setProperty("socketFactory", Factory.class.getName());
        properties.setProperty("socketFactoryArg", key);
        return new Seam.Open(properties, Optional.empty(), () -> BY_KEY.remove(key));
    }

    /** Named in the driver's properties. */
    public static final class Factory extends SocketFactory {
        private final Properties driver;

        public Factory(Properties driver) {
            this.driver = driver;
        }

        @Override
        public Socket createSocket() {
            return BY_KEY.get(driver.getProperty("socketFactoryArg")).get();
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }
    }

    /** Holds what the server sends, once it has sent so many messages. */
    static Sabotage late(String name, char first, Duration delay) {
        return new Sabotage(name, () -> new FilteredSocket(new Late(first, delay), System::nanoTime));
    }

    private static class Changing implements Filter {
        private final Change change;
        private final boolean client;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private boolean started;

        Changing(Change change, boolean client) {
            this.change = change;
            this.client = client;
            this.started = !client;
        }

        @Override
        public void fromClient(ByteBuffer bytes, Steps steps) {
            if (client) {
                pass(bytes, steps);
            } else {
                steps.toServer(bytes);
            }
        }

        @Override
        public void fromServer(ByteBuffer bytes, Steps steps) {
            if (client) {
                steps.toClient(bytes);
            } else {
                pass(bytes, steps);
            }
        }

        private void pass(ByteBuffer bytes, Steps steps) {
            byte[] some = new byte[bytes.remaining()];
            bytes.get(some);
            kept.writeBytes(some);
            ByteBuffer all = ByteBuffer.wrap(kept.toByteArray());
            int header = started ? 1 : 0;
            while (all.remaining() >= header + 4 && all.remaining() >= header + all.getInt(all.position() + header)) {
                byte[] message = new byte[header + all.getInt(all.position() + header)];
                all.get(message);
                byte[] changed = started ? change.of((char) message[0], message) : message;
                started = true;
                header = 1;
                out(ByteBuffer.wrap(changed), steps);
            }
            kept.reset();
            kept.write(all.array(), all.position(), all.remaining());
        }

        private void out(ByteBuffer changed, Steps steps) {
            if (client) {
                steps.toServer(changed);
            } else {
                steps.toClient(changed);
            }
        }

        @Override
        public void closed() {}
    }

    private record Late(char first, Duration delay) implements Filter {
        @Override
        public void fromClient(ByteBuffer bytes, Steps steps) {
            if (bytes.get(bytes.position()) == first) {
                steps.holdToServer(new Hold(delay, end -> {}));
            }
            steps.toServer(bytes);
        }

        @Override
        public void fromServer(ByteBuffer bytes, Steps steps) {
            steps.toClient(bytes);
        }

        @Override
        public void closed() {}
    }
}
