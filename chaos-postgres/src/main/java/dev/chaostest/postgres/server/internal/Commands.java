// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    private final Map<String, String> environment;

    /** Keeps the path and nothing else: PGDATA, PGPORT or LC_ALL of the caller must not reach a server. */
    Commands(Host host, String locale) {
        environment = Map.of("PATH", host.path(), "LC_ALL", locale, "LANG", locale, "TZ", "UTC");
    }

    ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    /** Waits for the end; a command that doesn't start or doesn't end counts as failed. Says at most what a pipe holds. */
    Outcome run(List<String> command) {
        try {
            Process process = builder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            return outcome(process);
        } catch (IOException e) {
            return new Outcome(-1, String.valueOf(e.getMessage()));
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
