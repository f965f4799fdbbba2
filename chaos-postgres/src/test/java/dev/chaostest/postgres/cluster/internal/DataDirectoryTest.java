// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path path;

    private DataDirectory data;

    @BeforeEach
    void write() throws IOException {
        data = new DataDirectory(path);
        Files.writeString(path.resolve("postgresql.conf"), "work_mem = 4MB");
        Files.writeString(path.resolve("postgresql.auto.conf"), """
            # Do not edit
            primary_conninfo = 'host=1'
            work_mem = '7MB'
            synchronous_standby_names = '*'
            """);
    }

    @Test
    void settingsAreIncludedOnceAndReplaceThoseBefore() throws IOException {
        data.configure(Map.of("primary_conninfo", "password='it''s'"));
        data.configure(Map.of("primary_slot_name", "a'b"));
        assertThat(path.resolve("postgresql.conf")).hasContent("work_mem = 4MB\ninclude_if_exists 'chaostest.conf'\n");
        assertThat(path.resolve("chaostest.conf")).hasContent("primary_slot_name = 'a''b'\n");
    }

    @Test
    void aCopyForgetsWhomItsOriginFollowedAndWhoFollowedIt() throws IOException {
        data.forgetOrigin();
        assertThat(path.resolve("postgresql.auto.conf")).hasContent("# Do not edit\nwork_mem = '7MB'\n");
    }

    @Test
    void replacingKeepsWhatIsOurs() throws IOException {
        Files.createDirectories(path.resolve("base/1"));
        Files.createDirectories(path.resolve(BaseBackup.OURS).resolve("archive"));
        data.replace(directory -> Files.writeString(directory.resolve("PG_VERSION"), "18"));
        try (var children = Files.list(path)) {
            assertThat(children.map(child -> child.getFileName().toString()))
                    .containsExactlyInAnyOrder("PG_VERSION", BaseBackup.OURS);
        }
        assertThat(path.resolve(BaseBackup.OURS).resolve("archive")).isDirectory();
    }

    @Test
    void whatRootWritesBelongsToTheServersUser() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give files away");
        Files.setAttribute(path, "unix:uid", 65534);
        Files.setAttribute(path, "unix:gid", 65534);
        data.signal("standby.signal");
        data.replace(directory -> Files.writeString(
                Files.createDirectory(directory.resolve("base")).resolve("1"), ""));
        assertThat(Files.getAttribute(path.resolve("base/1"), "unix:uid")).isEqualTo(65534);
        assertThat(Files.getAttribute(path.resolve("base"), "unix:gid")).isEqualTo(65534);
    }

    @Test
    void placesInTheLogAreWrittenAsTheServerDoes() {
        assertThat(Lsn.of("1A/B").position()).isEqualTo(0x1A0000000BL);
        assertThat(Lsn.of("FFFFFFFF/FFFFFFFF")).hasToString("FFFFFFFF/FFFFFFFF").isGreaterThan(Lsn.of("0/1"));
        assertThat(Lsn.of("0/20").minus(Lsn.of("0/10"))).isEqualTo(16);
    }

    @Test
    void aWaitThatIsTooLongSaysWhatItFoundInstead() {
        assertThatThrownBy(
                        () -> Poll.until(Duration.ZERO, "It must rain", () -> false, () -> "the sun shines", "Wait."))
                .isInstanceOf(ChaosException.class)
                .hasMessage("It must rain within 0us, but the sun shines. Wait.");
    }
}
