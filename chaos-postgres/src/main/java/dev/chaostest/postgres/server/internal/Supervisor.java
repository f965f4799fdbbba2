// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A shell that starts a server, and ends it and removes its directory when its standard input ends. The JVM holds the
 * other end of that input, so closing it and dying are the same to the server.
 */
final class Supervisor {
    /** What happened: the server was started as a process, or exited with a status; a disk was mounted, with a status. */
    record Event(String verb, long number) {
        static Event of(String line) {
            int space = line.indexOf(' ');
            return new Event(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
        }

        boolean isExit() {
            return verb.equals("exited");
        }
    }

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Process process;
    private final OutputStream commands;
    private final BufferedReader events;

    private Supervisor(Process process) {
        this.process = process;
        this.commands = process.getOutputStream();
        this.events = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Starts the shell; the server starts on command, with a port appended to its own command. */
    static Supervisor open(
            Path directory, Path binary, List<String> server, List<String> prefix, Host host, Commands environment)
            throws IOException {
        List<String> command = new ArrayList<>();
        // A session of its own, which the terminal's Ctrl-C doesn't reach.
        host.command("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(prefix);
        command.addAll(List.of("sh", "-c", script(), "chaostest-supervisor"));
        command.addAll(List.of(directory.toString(), binary.toString()));
        command.addAll(server);
        return new Supervisor(environment
                .builder(command)
                .redirectError(directory.resolve("supervisor.log").toFile())
                .start());
    }

    /** Starts a shell that clears away what a server left whose own shell is gone, and then ends. */
    static Supervisor clear(Path directory, Path binary, Host host) throws IOException {
        Supervisor supervisor = open(directory, binary, List.of(), List.of(), host, new Commands(host, "C"));
        supervisor.commands.close();
        return supervisor;
    }

    void start(int port) throws IOException {
        send("start " + port);
    }

    /** Sends a signal to the server, if there is one; does not wait for what comes of it. */
    void signal(String name) throws IOException {
        send("signal " + name);
    }

    /** The shell's own process, which sees what the server sees. */
    long pid() {
        return process.pid();
    }

    /** Mounts a disk in memory below the server's directory, and waits until it is there. Before the server starts only. */
    void mount(String below, long bytes) throws IOException {
        send("mount " + below + " " + bytes);
        long end = System.nanoTime() + Postmaster.DEADLINE.toNanos();
        Optional<Event> answer = event();
        while (answer.isEmpty() && isAlive() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
            answer = event();
        }
        if (answer.filter(new Event("mounted", 0)::equals).isEmpty()) {
            throw new IOException("a disk of " + bytes + " bytes could not be mounted on " + below + ": " + answer);
        }
    }

    private void send(String line) throws IOException {
        commands.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        commands.flush();
    }

    /** The next event, if there is one; never waits. */
    Optional<Event> event() throws IOException {
        return events.ready() ? Optional.ofNullable(events.readLine()).map(Event::of) : Optional.empty();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the server, even if the caller is interrupted; false if the shell is still there after the time. */
    boolean end(Duration patience) {
        try {
            commands.close();
        } catch (IOException alreadyGone) {
            // Then there is nothing to tell it.
        }
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String script() throws IOException {
        try (InputStream in = Supervisor.class.getResourceAsStream("supervisor.sh")) {
            if (in == null) {
                throw new IOException("supervisor.sh is missing beside " + Supervisor.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
