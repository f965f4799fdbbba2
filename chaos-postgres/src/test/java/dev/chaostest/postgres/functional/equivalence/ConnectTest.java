// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import dev.chaostest.postgres.ClosedPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGConnectionPoolDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ds.common.BaseDataSource;

@Timeout(120)
class ConnectTest {

    private static final String WHO = "SELECT current_user, current_setting('search_path')";

    @Test
    void refusals() {
        Both.same(stage -> {
            Observed seen = stage.seen();
            seen.outcome(
                    "no such database",
                    () -> DriverManager.getConnection(
                            "jdbc:postgresql://" + stage.host() + "/no_such_db", stage.properties()));
            seen.outcome("no such user", () -> stage.connect("user", "no_such_user"));
            seen.outcome("no such setting", () -> stage.connect("options", "-c no_such_setting=1"));
            seen.outcome("no such encoding", () -> stage.connect("options", "-c client_encoding=nonsense"));
            seen.outcome("no such mode", () -> stage.connect("sslmode", "sometimes"));
            seen.outcome("no number", () -> stage.connect("socketTimeout", "soon"));
            seen.outcome("passwords only", () -> stage.connect("requireAuth", "scram-sha-256"));
            try (ClosedPort closed = new ClosedPort()) {
                seen.hide(closed.number(), "closed port");
                seen.outcome(
                        "refused",
                        () -> DriverManager.getConnection(
                                "jdbc:postgresql://127.0.0.1:" + closed.number() + "/postgres", stage.properties()));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"loginTimeout=1", "socketTimeout=1"})
    void serverThatSaysNothing(String setting) {
        Both.same(stage -> {
            try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
                takesASecond(stage, silent.getLocalPort(), setting);
            }
        });
    }

    @Test
    void serverThatTakesNoConnections() {
        Both.same(stage -> {
            List<Socket> queue = new ArrayList<>();
            try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
                fill(full, queue);
                takesASecond(stage, full.getLocalPort(), "connectTimeout=1");
            } finally {
                for (Socket waiting : queue) {
                    waiting.close();
                }
            }
        });
    }

    /** As many as the system keeps in the queue; the next one gets no answer. */
    private static void fill(ServerSocket full, List<Socket> queue) throws IOException {
        for (int n = 0; n < 20; n++) {
            Socket next = new Socket();
            queue.add(next);
            try {
                next.connect(full.getLocalSocketAddress(), 100);
            } catch (SocketTimeoutException isFull) {
                return;
            }
        }
    }

    private static void takesASecond(Stage stage, int port, String setting) {
        stage.seen().hide(port, "other port");
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
        stage.seen()
                .takes(
                        setting,
                        Duration.ofMillis(900),
                        Duration.ofSeconds(60),
                        () -> DriverManager.getConnection(url, stage.properties(setting.split("=", 2))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loginTimeout=20",
                "connectTimeout=20",
                "tcpKeepAlive=true",
                "tcpNoDelay=false",
                "receiveBufferSize=4096",
                "sendBufferSize=4096",
                "maxSendBufferSize=1024",
                "localSocketAddress=127.0.0.1",
                "options=-c statement_timeout=4321 -c geqo=off",
                "groupStartupParameters=true",
                "assumeMinServerVersion=15",
                "readOnly=true",
                "protocolVersion=3.2",
                "protocolVersion=3.0",
                "gssEncMode=allow",
                "hideUnprivilegedObjects=true",
                "stringtype=unspecified",
                "maxResultBuffer=10p",
                "queryTimeout=20",
                "adaptiveFetch=true",
                "allowEncodingChanges=true",
                "unknownLength=7"
            })
    void settings(String setting) {
        Both.same(stage -> {
            Connection connection = stage.connect(setting.split("=", 2));
            stage.run(connection, WHO);
            stage.run(connection, "SHOW statement_timeout");
            connection.setAutoCommit(false);
            stage.prepared(connection, "SELECT ?::int, repeat('x', 20000)", 1);
            stage.run(connection, "CREATE TABLE t (id int)");
            connection.rollback();
            connection.setAutoCommit(true);
            Callable<Boolean> running =
                    stage.meanwhile(() -> connection.createStatement().execute("SELECT pg_sleep(20)"));
            stage.await(stage.pid(connection), "wait_event = 'PgSleep'");
            connection.unwrap(PGConnection.class).cancelQuery();
            stage.seen().outcome("cancelled", running);
        });
    }

    /** The seam answers the questions for encryption itself, so only the caller's side is compared. */
    @ParameterizedTest
    @ValueSource(strings = {"sslmode=prefer", "sslmode=allow", "sslmode=disable", "gssEncMode=prefer"})
    void encryptedIfPossible(String setting) {
        Both.same(stage -> {
            stage.wire(Stage.Wire.VARIES);
            String[] pair = setting.split("=", 2);
            Connection connection = stage.connect(pair);
            stage.run(connection, WHO);
            stage.seen().outcome("no such user", () -> stage.connect(pair[0], pair[1], "user", "no_such_user"));
            stage.seen()
                    .outcome(
                            "no such database",
                            () -> DriverManager.getConnection(
                                    "jdbc:postgresql://" + stage.host() + "/no_such_db", stage.properties(pair)));
        });
    }

    @Test
    void severalHosts() {
        Both.same(stage -> {
            stage.wire(Stage.Wire.VARIES); // the driver asks a host what it is, the seam lets it
            try (ClosedPort closed = new ClosedPort()) {
                stage.seen().hide(closed.number(), "closed port");
                // With 0 the driver still remembers a host for the rest of the millisecond, and skips it then.
                String url = "jdbc:postgresql://127.0.0.1:" + closed.number() + "," + stage.host()
                        + "/postgres?hostRecheckSeconds=-1";
                for (String type : new String[] {"any", "primary", "secondary", "preferSecondary", "preferPrimary"}) {
                    stage.seen().done(type, () -> {
                        try (Connection connection = DriverManager.getConnection(
                                url, stage.properties("targetServerType", type, "loadBalanceHosts", "false"))) {
                            stage.run(connection, WHO);
                        }
                    });
                }
            }
        });
    }

    @Test
    void dataSourcesOfTheDriver() {
        Both.same(stage -> {
            PGSimpleDataSource simple = set(new PGSimpleDataSource(), stage);
            try (Connection connection = simple.getConnection()) {
                stage.run(connection, WHO);
            }
            stage.seen().outcome("as another", () -> simple.getConnection("no_such_user", ""));
            var pooled = set(new PGConnectionPoolDataSource(), stage).getPooledConnection();
            for (int round = 0; round < 2; round++) {
                try (Connection connection = pooled.getConnection()) {
                    stage.run(connection, WHO);
                    stage.seen()
                            .saw("pid", connection.unwrap(PGConnection.class).getBackendPID() > 0);
                }
            }
            pooled.close();
        });
    }

    private static <D extends BaseDataSource> D set(D source, Stage stage) throws SQLException {
        source.setUrl(stage.url());
        var properties = stage.properties();
        for (String name : properties.stringPropertyNames()) {
            source.setProperty(name, properties.getProperty(name));
        }
        return source;
    }
}
