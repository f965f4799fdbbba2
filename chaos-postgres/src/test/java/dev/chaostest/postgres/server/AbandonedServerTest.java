// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a server whose JVM doesn't close it; /proc shows what is left. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "leftovers are looked up in /proc")
class AbandonedServerTest {

    @Test
    void nothingIsLeftOfAKilledJvm() throws IOException {
        try (ServerJvm jvm = ServerJvm.start()) {
            ServerJvm.Seen seen = jvm.seen();
            String segment = Remains.segment(seen.data());
            assertThat(Remains.of(seen.data(), segment)).hasSizeGreaterThan(3);

            jvm.kill();

            Remains.awaitNothingOf(seen.data(), segment);
        }
    }

    @Test
    void nothingIsLeftOfAKilledJvmWhoseServerStandsStill() throws IOException {
        try (ServerJvm jvm = ServerJvm.start()) {
            ServerJvm.Seen seen = jvm.seen();
            String segment = Remains.segment(seen.data());
            List<String> stop = new ArrayList<>(List.of("sh", "-c", "kill -s STOP \"$@\"", "sh", "" + seen.pid()));
            ProcessHandle.of(seen.pid()).orElseThrow().children().forEach(child -> stop.add("" + child.pid()));
            assertThat(stop).hasSizeGreaterThan(5);
            assertThat(new ProcessBuilder(stop)
                            .inheritIO()
                            .start()
                            .onExit()
                            .join()
                            .exitValue())
                    .isZero();

            jvm.kill();

            Remains.awaitNothingOf(seen.data(), segment);
        }
    }

    @Test
    void nothingIsLeftOfAJvmThatJustEnds() throws IOException {
        try (ServerJvm jvm = ServerJvm.start()) {
            ServerJvm.Seen seen = jvm.seen();
            String segment = Remains.segment(seen.data());

            jvm.finish();

            Remains.awaitNothingOf(seen.data(), segment);
        }
    }

    @Test
    void nothingIsLeftOfAKilledJvmOfAnOrdinaryUser(@TempDir Path home) throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root may start a JVM as someone else");
        try (ServerJvm jvm = ServerJvm.startAs(1234, home)) {
            ServerJvm.Seen seen = jvm.seen();
            String segment = Remains.segment(seen.data());
            assertThat(Files.getAttribute(seen.data(), "unix:uid")).isEqualTo(1234);

            jvm.kill();

            Remains.awaitNothingOf(seen.data(), segment);
        }
    }

    @Test
    void theDeathOfOneJvmDoesNotTouchTheServerOfAnother() throws IOException, SQLException {
        try (ServerJvm one = ServerJvm.start();
                ServerJvm other = ServerJvm.start()) {
            ServerJvm.Seen ofOne = one.seen();
            ServerJvm.Seen ofOther = other.seen();
            String segment = Remains.segment(ofOne.data());

            one.kill();
            Remains.awaitNothingOf(ofOne.data(), segment);

            assertAnswers(ofOther.port());
        }
    }

    @Test
    void theNextJvmClearsAwayWhatAKilledOneAndItsShellsLeft() throws IOException {
        try (ServerJvm jvm = ServerJvm.start()) {
            ServerJvm.Seen seen = jvm.seen();
            String segment = Remains.segment(seen.data());
            List<ProcessHandle> children = ProcessHandle.of(jvm.pid())
                    .orElseThrow()
                    .descendants()
                    .filter(child -> Remains.read(Path.of("/proc/" + child.pid() + "/comm"))
                            .strip()
                            .equals("sh"))
                    .toList();
            assertThat(children).hasSize(2);
            children.forEach(ProcessHandle::destroyForcibly);
            jvm.kill();
            ProcessHandle.of(jvm.pid()).ifPresent(process -> process.onExit().join());

            // Nobody beside it is left to do this; another test's server that starts just now may come first.
            PostgresInstallation.prepare(ServerOptions.ofDefaults());

            Remains.awaitNothingOf(seen.data(), segment);
        }
    }

    @Test
    void twoJvmsStartColdAtTheSameTime(@TempDir Path directory) throws IOException, SQLException {
        try (ServerJvm one = ServerJvm.start(directory);
                ServerJvm other = ServerJvm.start(directory)) {
            ServerJvm.Seen ofOne = one.seen();
            ServerJvm.Seen ofOther = other.seen();

            assertAnswers(ofOne.port());
            assertAnswers(ofOther.port());
            one.kill();
            other.kill();
            Remains.awaitNothingOf(ofOne.data(), "");
            Remains.awaitNothingOf(ofOther.data(), "");
        }
        assertThat(directory.resolve("data")).isEmptyDirectory();
        try (var cache = Files.list(directory.resolve("cache"))) {
            assertThat(cache.filter(path -> path.toString().endsWith(".partial")))
                    .isEmpty();
        }
    }

    @Test
    void ctrlCInTheTerminalDoesNotReachTheServer() throws IOException {
        try (ServerJvm jvm = ServerJvm.start()) {
            assertThat(processGroup(jvm.seen().pid())).isNotEqualTo(processGroup(jvm.pid()));
        }
    }

    private static String processGroup(long pid) {
        String stat = Remains.read(Path.of("/proc/" + pid + "/stat"));
        return List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)).get(2);
    }

    private static void assertAnswers(int port) throws SQLException {
        try (Connection connection =
                DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres")) {
            assertThat(connection.isValid(30)).isTrue();
        }
    }
}
