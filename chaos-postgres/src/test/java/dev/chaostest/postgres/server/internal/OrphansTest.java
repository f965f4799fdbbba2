// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static dev.chaostest.postgres.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphansTest {
    private static final Owner LIVING = Owner.thisJvm(Path.of("/bin/postgres"));

    @TempDir
    Path directory;

    @Test
    void theServerOfALivingJvmIsKept() throws IOException {
        Path home = home(LIVING);
        clear();
        assertThat(home).isDirectory();
    }

    @Test
    void theServerOfADeadJvmIsRemoved() throws IOException {
        Path home = home(new Owner(deadPid(), Instant.now(), LIVING.machine(), LIVING.binary()));
        clear();
        await().until(() -> !Files.exists(home));
    }

    @Test
    void aProcessThatHasTheNumberOfADeadServerIsLeftAlone() throws IOException {
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            Path home = home(new Owner(deadPid(), Instant.now(), LIVING.machine(), LIVING.binary()));
            Files.writeString(home.resolve("postmaster"), stranger.pid() + "\n");
            clear();
            await().until(() -> !Files.exists(home));
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aJvmWhoseNumberIsUsedAgainIsDead() {
        assertThat(LIVING.isDead()).isFalse();
        assertThat(new Owner(LIVING.pid(), LIVING.start().minusSeconds(60), LIVING.machine(), LIVING.binary()).isDead())
                .isTrue();
    }

    @Test
    void theServerOfAnotherContainerIsKept() throws IOException {
        Path home = home(new Owner(deadPid(), Instant.now(), "another", LIVING.binary()));
        clear();
        assertThat(home).isDirectory();
    }

    @Test
    void whatSaysNoOwnerIsKept() throws IOException {
        Path home = Files.createDirectory(directory.resolve("chaostest-1"));
        Files.writeString(home.resolve("owner"), "someone");
        clear();
        assertThat(home).isDirectory();
    }

    private Path home(Owner owner) throws IOException {
        Path home = Files.createDirectory(directory.resolve("chaostest-1"));
        owner.write(home);
        return home;
    }

    private void clear() {
        new Orphans(new DataPlace(directory), Host.current()).clear();
    }

    /** The number of a process that has just ended. */
    private static long deadPid() throws IOException {
        Process process = new ProcessBuilder("true").start();
        process.onExit().join();
        return process.pid();
    }
}
