// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** An executable shell script. */
final class ShellCommand {

    private ShellCommand() {}

    /**
     * Writes it, by a shell: a file that this JVM wrote can't be run ("Text file busy") while a child that another thread
     * just forked still has it open.
     */
    static void write(Path file, String script) throws IOException {
        Process shell = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "printf '%s' \"$1\" > \"$2\" && chmod 755 \"$2\"",
                        "sh",
                        text(script),
                        "" + file)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(shell.onExit().join().exitValue()).isZero();
    }

    private static String text(String script) {
        return "#!/bin/sh\n" + script + "\n";
    }
}
