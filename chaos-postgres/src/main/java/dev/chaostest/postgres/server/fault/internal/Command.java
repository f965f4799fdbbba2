// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command of the machine's that ends by itself and says little. */
record Command(List<String> words) {
    private static final long SECONDS_MAX = 20;

    /** What it said, errors included, and how it ended. */
    record Outcome(int status, String output) {
        boolean isSuccess() {
            return status == 0;
        }
    }

    static Command of(String... words) {
        return new Command(List.of(words));
    }

    /** One that can't be started has status -1. */
    Outcome run() {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Outcome(-1, "no end after " + SECONDS_MAX + " s");
            }
            byte[] said = process.getInputStream().readAllBytes();
            return new Outcome(process.exitValue(), new String(said, StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return new Outcome(-1, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(-1, "interrupted");
        }
    }
}
