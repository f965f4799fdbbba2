// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chaostest.plan.FaultUnavailableException;
import dev.chaostest.postgres.server.ServerData;
import dev.chaostest.postgres.server.ServerDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallDisksTest {
    private static final Map<ServerDisk, Long> DISKS = Map.of(ServerDisk.DATA, 80L << 20, ServerDisk.WAL, 40L << 20);

    private final Host host = Host.current();
    private final ProcessUser user = ProcessUser.choose(host);

    @TempDir
    Path directory;

    @Test
    void whoMayNotMountIsToldWhatItTakes() {
        assertThatThrownBy(() -> SmallDisks.choose(DISKS, Hosts.withPath(directory), directory))
                .isInstanceOf(FaultUnavailableException.class)
                .hasMessageMatching(
                        "A small disk must be mounted for the server, but this account may not\\. Tried: unshare"
                                + " -m \\(.+\\); unshare -Urm \\(.+\\)\\. That takes Linux with util-linux, and either root with"
                                + " CAP_SYS_ADMIN or user namespaces that are allowed to everybody\\.");
    }

    @Test
    void whoWantsNoneNeedsNothing() {
        assertThat(SmallDisks.choose(Map.of(), Hosts.withPath(directory), directory))
                .isEqualTo(SmallDisks.NONE);
    }

    /** As an account does that is not root; the log's disk is in that of the data. */
    @Test
    void inAUserNamespaceTheyAreMountedToo() throws IOException {
        List<String> prefix = List.of("unshare", "-Urm");
        assumeTrue(
                new Commands(host, "C").run(List.of("unshare", "-Urm", "true")).isSuccess(),
                "user namespaces are not allowed here");
        SmallDisks disks = new SmallDisks(prefix, DISKS);
        ServerHome home =
                new ServerHome(DataPlace.choose(host, Optional.empty()).create(user));
        try (RunningServer server = start(disks).run(home)) {
            assertThat(server.disk(ServerDisk.TABLESPACE)).isEmpty();
            assertThat(size(server, ServerDisk.DATA)).isEqualTo(80L << 20);
            assertThat(size(server, ServerDisk.WAL)).isEqualTo(40L << 20);
            assertThat(home.directory().resolve("data")).isEmptyDirectory();
        }
        assertThat(home.directory()).doesNotExist();
    }

    private Start start(SmallDisks disks) {
        var cache = new CacheDirectory(host, user).choose(Optional.empty());
        Archive archive = Archive.find(Platform.of(host), SmallDisksTest.class.getClassLoader());
        Binaries binaries = Binaries.unpacked(archive, cache, host);
        Template template = Template.of(binaries, cache, user, host, false);
        ServerData data = ServerData.copyOf(template.directory());
        return new Start(
                host, disks.user(user), binaries, template.locale(), data, disks.settings(), disks, Start::freePort);
    }

    private static long size(RunningServer server, ServerDisk disk) {
        return server.disk(disk).orElseThrow().toFile().getTotalSpace();
    }
}
