// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.ServerData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts one server in its own directory and waits until it takes connections. */
record Start(
        Host host,
        ProcessUser user,
        Binaries binaries,
        String locale,
        ServerData data,
        Map<String, String> settings,
        SmallDisks disks,
        Ports ports) {
    /** Where ports come from. */
    @FunctionalInterface
    interface Ports {
        int next() throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Start.class);
    private static final int PORTS_MAX = 8;

    private static final Map<String, String> OURS = Map.ofEntries(
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("fsync", "off"),
            Map.entry("full_page_writes", "off"),
            // Off would lose acknowledged commits whenever the server is killed, and look like a bug of the tested
            // code.
            Map.entry("synchronous_commit", "on"),
            Map.entry("wal_level", "logical"),
            Map.entry("max_connections", "200"),
            Map.entry("max_prepared_transactions", "64"),
            Map.entry("max_replication_slots", "32"),
            Map.entry("max_wal_senders", "32"),
            Map.entry("shared_buffers", "32MB"),
            // In the data directory, so that it goes with it; /dev/shm is small in containers.
            Map.entry("dynamic_shared_memory_type", "mmap"),
            Map.entry("logging_collector", "off"));

    RunningServer run(ServerHome home) throws IOException {
        Owner.thisJvm(binaries.postgres()).write(home.directory());
        Commands environment = new Commands(host, locale);
        Supervisor supervisor = Supervisor.open(
                home.directory(), binaries.postgres(), user.command(command(home)), disks.prefix(), host, environment);
        try {
            // The shell is there first: it removes a half-made copy too.
            disks.mount(supervisor);
            ServerHome seen = disks.isNone() ? home : home.seenBy(supervisor.pid());
            data.writeTo(directory(seen.data()));
            user.own(seen.data());
            return start(seen, supervisor);
        } catch (IOException | RuntimeException | Error e) {
            supervisor.end(Postmaster.DEADLINE);
            throw e;
        }
    }

    /** A disk may be mounted there, or in it. */
    private static Path directory(Path data) throws IOException {
        if (!Files.isDirectory(data)) {
            return Files.createDirectory(data, RunningServer.PRIVATE);
        }
        return Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    }

    private RunningServer start(ServerHome home, Supervisor supervisor) throws IOException {
        Signals signals = new Signals(host);
        Postmaster postmaster = new Postmaster(home, supervisor, signals);
        try {
            for (int attempt = 1; attempt <= PORTS_MAX; attempt++) {
                long offset = home.logSize();
                int port = ports.next();
                OptionalInt status = postmaster.start(port);
                if (status.isEmpty()) {
                    return new RunningServer(home, postmaster, signals, port, disks, this::clear);
                }
                if (!home.tail(offset).contains("could not bind")) {
                    throw failed("ended with " + status.getAsInt(), home);
                }
            }
        } catch (Postmaster.Trouble trouble) {
            throw failed(trouble.how(), home);
        }
        throw failed("found each of " + PORTS_MAX + " free ports taken a moment later", home);
    }

    private void clear(ServerHome home) {
        try {
            Supervisor.clear(home.directory(), binaries.postgres(), host).end(Postmaster.DEADLINE);
        } catch (IOException e) {
            LOG.warn("The shell that clears {} away can't be started", home.directory(), e);
        }
    }

    private PostgresUnavailableException failed(String how, ServerHome home) {
        return new PostgresUnavailableException(
                "PostgreSQL " + binaries.version() + " must start in " + home.directory()
                        + ", but it " + how + ". Its log ends with:\n" + home.tail(0)
                        + "\nCorrect the settings that it names, or set chaos.jdbc.url to a running PostgreSQL.");
    }

    private List<String> command(ServerHome home) {
        List<String> command = new ArrayList<>(
                List.of(binaries.postgres().toString(), "-D", home.serverData().toString()));
        Map<String, String> all = new LinkedHashMap<>(OURS);
        // A stranger may not write beside its data.
        all.put("unix_socket_directories", user.isStranger() ? "" : home.socketDirectory());
        all.putAll(settings);
        all.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return command;
    }

    /** A port that nobody listens on; another process may still be faster. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        }
    }
}
