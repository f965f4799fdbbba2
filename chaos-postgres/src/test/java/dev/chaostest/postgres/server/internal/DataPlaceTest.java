// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataPlaceTest {
    @TempDir
    Path directory;

    @Test
    void memoryWithRoomIsTaken() {
        Host host = Hosts.withRoom(directory, DataPlace.ROOM_MIN);

        assertThat(DataPlace.choose(host, Optional.empty()).parent()).isEqualTo(directory);
    }

    @Test
    void memoryWithoutRoomIsLeftAlone() {
        Host host = Hosts.withRoom(directory, DataPlace.ROOM_MIN - 1);

        assertThat(DataPlace.choose(host, Optional.empty()).parent()).isEqualTo(host.temporary());
    }

    @Test
    void memoryThatIsNotThereIsNotMissed() {
        Host host = Hosts.withRoom(directory.resolve("none"), Long.MAX_VALUE);

        assertThat(DataPlace.choose(host, Optional.empty()).parent()).isEqualTo(host.temporary());
    }

    @Test
    void theDirectoryOfTheUserWins() {
        Path wanted = directory.resolve("a/b");

        assertThat(DataPlace.choose(Host.current(), Optional.of(wanted)).parent())
                .isEqualTo(wanted.resolve("data"))
                .isDirectory();
    }

    @Test
    void aDirectoryThatCannotBeMadeIsRefused() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> DataPlace.choose(Host.current(), Optional.of(file)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("chaos.postgres.directory must be usable, but " + file + "/data can't be made"
                        + " (java.nio.file.FileSystemException: " + file + "/data: Not a directory)."
                        + " Set chaos.postgres.directory to a directory that you may write to.");
    }
}
