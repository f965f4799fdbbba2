// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CacheDirectoryTest {
    @TempDir
    Path directory;

    private final ProcessUser same = new ProcessUser.SameUser();

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "macOS keeps caches in Library/Caches")
    void theUsersCacheIsTaken() {
        Host host = Hosts.at(directory, directory, Map.of());

        assertThat(new CacheDirectory(host, same).choose(Optional.empty()))
                .isEqualTo(directory.resolve(".cache/chaostest"))
                .isDirectory();
    }

    @Test
    void aNameThatAShellWouldRunIsRefused() {
        Path named = directory.resolve("a `rm`");

        assertThatThrownBy(() ->
                        new CacheDirectory(Hosts.at(directory, directory, Map.of()), same).choose(Optional.of(named)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("chaos.postgres.directory must be usable, but " + named.resolve("cache")
                        + " holds a character that a shell reads as its own: \", $ or `."
                        + " Set chaos.postgres.directory to a directory that you may write to.");
    }

    @Test
    void xdgMovesIt() {
        Host host = Hosts.at(directory, directory, Map.of("XDG_CACHE_HOME", directory + "/xdg"));

        assertThat(new CacheDirectory(host, same).choose(Optional.empty()))
                .isEqualTo(directory.resolve("xdg/chaostest"));
    }

    @Test
    void aHomeThatCannotBeWrittenToIsReplaced() throws IOException {
        Path home = Files.createFile(directory.resolve("home"));
        Host host = Hosts.at(home, directory, Map.of());

        Path chosen = new CacheDirectory(host, same).choose(Optional.empty());

        assertThat(chosen).isEqualTo(directory.resolve("chaostest-" + host.account()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(chosen)))
                .isEqualTo("rwx------");
    }

    @Test
    void aReplacementThatOthersMayWriteToIsRefused() throws IOException {
        Path home = Files.createFile(directory.resolve("home"));
        Host host = Hosts.at(home, directory, Map.of("XDG_CACHE_HOME", home + "/xdg"));
        Path open = Files.createDirectory(directory.resolve("chaostest-" + host.account()));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> new CacheDirectory(host, same).choose(Optional.empty()))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("PostgreSQL must be unpacked somewhere, but " + home + "/xdg/chaostest can't be made"
                        + " (java.nio.file.FileSystemException: " + home + "/xdg: Not a directory), and " + open
                        + " can be written to by others."
                        + " Set chaos.postgres.directory to a directory that you may write to.");
    }

    @Test
    void theDirectoryOfTheUserIsTakenOrRefused() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        CacheDirectory cache = new CacheDirectory(Hosts.at(directory, directory, Map.of()), same);

        assertThat(cache.choose(Optional.of(directory))).isEqualTo(directory.resolve("cache"));
        assertThatThrownBy(() -> cache.choose(Optional.of(file)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("chaos.postgres.directory must be usable, but " + file + "/cache can't be made"
                        + " (java.nio.file.FileAlreadyExistsException: " + file + ")."
                        + " Set chaos.postgres.directory to a directory that you may write to.");
    }

    @Test
    void aClosedDirectoryIsRefusedWhereTheServerRunsAsSomeoneElse() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        CacheDirectory cache =
                new CacheDirectory(Hosts.at(directory, directory, Map.of()), ProcessUser.OtherUser.NOBODY);

        assertThatThrownBy(() -> cache.choose(Optional.of(directory)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage(
                        "chaos.postgres.directory must be usable, but " + directory + " is closed to the user that"
                                + " PostgreSQL must run as. Set chaos.postgres.directory to a directory that you may write to.");
    }
}
