// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(value = OS.LINUX, disabledReason = "needs mount namespaces")
class FullDiskTest {
    @TempDir
    Path disk;

    @BeforeEach
    void mountIsAllowed() throws IOException, InterruptedException {
        Process mount = new ProcessBuilder("unshare", "-m", "mount", "-t", "tmpfs", "none", disk.toString()).start();
        assumeTrue(mount.waitFor() == 0, "this user may not mount a small disk");
    }

    @Test
    void noRoomForTheBinaries() throws IOException {
        try (ServerJvm jvm = ServerJvm.startOnDisk(disk, 20)) {
            assertThat(jvm.failure())
                    .matches("PostgreSQL from jar:file:\\S+\\.txz must be unpacked to " + disk
                            + "/cache \\(60 MB\\), but that failed: java\\.io\\.IOException: No space left on device\\."
                            + " Make room there, or set chaos\\.postgres\\.directory to another directory\\.");
        }
    }

    @Test
    void noRoomForTheData() throws IOException {
        try (ServerJvm jvm = ServerJvm.startOnDisk(disk, 110)) {
            assertThat(jvm.failure())
                    .matches("PostgreSQL \\S+ must start in " + disk + "/data \\(40 MB\\), but that failed:"
                            + " .*No space left on device\\."
                            + " Make room there, or set chaos\\.postgres\\.directory to another directory\\.");
        }
    }
}
