// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs commands that end by themselves, in an environment that holds nothing by accident. */
final class Commands {
    /** What a command said and how it ended. */
    record Outcome(int status, String output) {
        boolean isSuccess() {
            return status == 0;
        }
    }

    private static final long SECONDS_MAX = 60;

    private final Host host;
    private final Map<String, String> environment;

    /** Keeps the path and nothing else: PGDATA, PGPORT or LC_ALL of the caller must not reach a server. */
    Commands(Host host, String locale) {
        this.host = host;
        environment = Map.of("PATH", host.path(), "LC_ALL", locale, "LANG", locale, "TZ", "UTC");
    }

    ProcessBuilder builder(List<String> command) {
        List<String> found = new ArrayList<>(command);
        // The JVM would look on its own path, which may be another than the child's.
        found.set(0, host.command(command.get(0)).map(Path::toString).orElse(command.get(0)));
        ProcessBuilder builder = new ProcessBuilder(found).directory(new File("/"));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    /** Waits for the end; a command that doesn't start or doesn't end counts as failed. Says at most what a pipe holds. */
    Outcome run(List<String> command) {
        return run(command, InputStream.nullInputStream());
    }

    /** The same for a command that reads its standard input. */
    Outcome run(List<String> command, InputStream input) {
        try {
            Process process = builder(command).redirectErrorStream(true).start();
            feed(process, input);
            return outcome(process);
        } catch (IOException e) {
            return new Outcome(-1, String.valueOf(e.getMessage()));
        }
    }

    private static void feed(Process process, InputStream input) {
        try (OutputStream out = process.getOutputStream()) {
            input.transferTo(out);
        } catch (IOException endedEarly) {
            // Then its status and its output tell why.
        }
    }

    private static Outcome outcome(Process process) throws IOException {
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Outcome(-1, "no end after " + SECONDS_MAX + " s");
            }
            byte[] said = process.getInputStream().readAllBytes();
            return new Outcome(process.exitValue(), new String(said, StandardCharsets.UTF_8).strip());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return new Outcome(-1, "interrupted");
        }
    }
}
