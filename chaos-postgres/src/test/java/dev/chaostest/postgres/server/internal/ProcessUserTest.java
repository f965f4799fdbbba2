// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessUserTest {
    @TempDir
    Path directory;

    @Test
    void anOrdinaryUserStartsServersAsItself() {
        assertThat(ProcessUser.choose(account(1000, "someone"))).isEqualTo(new ProcessUser.SameUser());
        assertThat(new ProcessUser.SameUser().command(List.of("postgres"))).containsExactly("postgres");
    }

    @Test
    void rootTakesAUserNamespace() throws IOException {
        command("unshare", "exit 0");
        command("setpriv", "exit 0");

        assertThat(ProcessUser.choose(account(0, "root"))).isEqualTo(new ProcessUser.UserNamespace());
    }

    @Test
    void rootTakesAnotherAccountWhereNamespacesAreRefused() throws IOException {
        command("unshare", "echo 'unshare failed: Operation not permitted' >&2; exit 1");
        command("setpriv", "exit 0");

        assertThat(ProcessUser.choose(account(0, "root"))).isEqualTo(ProcessUser.OtherUser.NOBODY);
    }

    @Test
    void aUserWithoutANameTakesANamespaceOrTries() throws IOException {
        command("true", "exit 0");
        command("unshare", "exit 1");
        assertThat(ProcessUser.choose(account(1234, "?"))).isEqualTo(new ProcessUser.SameUser());

        command("unshare", "exit 0");
        assertThat(ProcessUser.choose(account(1234, "?"))).isEqualTo(new ProcessUser.UserNamespace());
    }

    @Test
    void rootWithoutAnyOtherUserIsTold() throws IOException {
        command("unshare", "echo 'not permitted' >&2; exit 1");
        command("setpriv", "echo 'not known' >&2; exit 1");

        assertThatThrownBy(() -> ProcessUser.choose(account(0, "root")))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("PostgreSQL must not run as root, but no other user could be had."
                        + " Tried: unshare -U (not permitted);"
                        + " setpriv --reuid 65534 --regid 65534 --clear-groups (not known)."
                        + " Run the tests as an ordinary user, allow user namespaces,"
                        + " or set chaos.jdbc.url to a running PostgreSQL.");
    }

    @Test
    void aServerRunsAsAnotherAccount() throws SQLException, IOException {
        assumeTrue(Host.current().isRoot(), "only root may start a server as someone else");
        Launcher launcher = Launcher.prepare(
                ServerOptions.ofDefaults(),
                Host.current(),
                ProcessUser.OtherUser.NOBODY,
                ProcessUserTest.class.getClassLoader());

        try (RunningServer server = launcher.start();
                Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres")) {
            assertThat(connection.isValid(30)).isTrue();
            assertThat(Files.getAttribute(Path.of("/proc/" + server.pid()), "unix:uid"))
                    .isEqualTo(65534);
        }
    }

    /** An account on a machine that has only our commands. */
    private Host account(long uid, String name) {
        Host host = Hosts.withPath(directory);
        return new Host(
                host.osName(),
                host.osArch(),
                host.musl(),
                uid,
                name,
                host.home(),
                host.temporary(),
                host.memory(),
                host.room(),
                host.environment());
    }

    private void command(String name, String script) throws IOException {
        ShellCommand.write(directory.resolve(name), script);
    }
}
