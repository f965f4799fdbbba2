// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.internal;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.IsolationTestServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackTest {

    private static final Map<String, byte[][]> NAMES = Map.of(
            "own", new byte[][] {{127, 0, 0, 1}},
            "both", new byte[][] {{127, 0, 0, 1}, {10, 0, 0, 9}},
            "db.example", new byte[][] {{10, 1, 2, 3}});

    private static InetAddress[] resolve(String host) throws UnknownHostException {
        byte[][] addresses = NAMES.get(host);
        if (addresses == null) {
            return new InetAddress[] {literal(host)};
        }
        InetAddress[] found = new InetAddress[addresses.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = InetAddress.getByAddress(host, addresses[i]);
        }
        return found;
    }

    private static InetAddress literal(String host) throws UnknownHostException {
        if (host.equals("localhost") || host.matches("[0-9.]+|.*:.*")) {
            return InetAddress.getByName(host);
        }
        throw new UnknownHostException(host);
    }

    private static Loopback allowing(String hosts) {
        return new Loopback(hosts, LoopbackTest::resolve);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql:db",
                "jdbc:postgresql://localhost/db",
                "jdbc:postgresql://LOCALHOST:5433/db",
                "jdbc:postgresql://127.0.0.1:1/db",
                "jdbc:postgresql://127.9.8.7/db",
                "jdbc:postgresql://[::1]/db",
                "jdbc:postgresql://own,localhost:2,[::1]:3/db"
            })
    void aServerOnThisMachineIsFine(String url) {
        assertThatCode(() -> allowing("").require(url)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://10.0.0.1/db",
                "jdbc:postgresql://192.168.1.1/db",
                "jdbc:postgresql://0.0.0.0/db",
                "jdbc:postgresql://[fe80::1]/db",
                "jdbc:postgresql://both/db",
                "jdbc:postgresql://localhost,db.example/db",
                "jdbc:postgresql://db.example:5432/db?password=s3cret"
            })
    void anyOtherIsRefused(String url) {
        assertThatThrownBy(() -> allowing("").require(url))
                .isInstanceOf(ChaosException.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void theErrorSaysHowToAllowIt() {
        assertThatThrownBy(() -> allowing("zeta").require("jdbc:postgresql://localhost,db.example/db"))
                .hasMessage(
                        "Chaos must run on a server on this machine, or on one that is listed in chaos.allowed-hosts,"
                                + " but host \"db.example\" is 10.1.2.3. If that server may be broken, set"
                                + " chaos.allowed-hosts=db.example,zeta.");
        assertThatThrownBy(() -> allowing("").require("jdbc:postgresql://nowhere/db"))
                .hasMessage(
                        "Chaos must run on a server on this machine, or on one that is listed in chaos.allowed-hosts,"
                                + " but host \"nowhere\" can't be resolved. If that server may be broken, set"
                                + " chaos.allowed-hosts=nowhere.");
        assertThatThrownBy(() -> allowing("").require("jdbc:mysql://localhost/db?password=s3cret"))
                .hasMessage("Chaos must know its server, but the URL is not one of pgjdbc. Its form is"
                        + " jdbc:postgresql://host:5432/database.");
    }

    @Test
    void listedHostsAreFine() {
        Loopback guard = allowing(" DB.example , 10.0.0.1,[fe80::1]");
        assertThatCode(() -> guard.require("jdbc:postgresql://db.Example,10.0.0.1,[fe80::1]/db"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> guard.require("jdbc:postgresql://10.0.0.2/db")).hasMessageContaining("10.0.0.2");
    }

    @Test
    void socketsInTheFileSystemAreFine() {
        assertThatCode(() -> allowing("").require("jdbc:postgresql://%2Fvar%2Frun%2Fpostgresql/db"))
                .doesNotThrowAnyException();
    }

    @Test
    void aSocketFactoryOfACloudLeadsElsewhereWhateverTheHost() {
        String cloud = "jdbc:postgresql:///db?socketFactory=com.google.cloud.sql.postgres.SocketFactory";
        assertThatThrownBy(() -> allowing("").require(cloud))
                .hasMessageContaining(
                        "but host \"localhost\" is reached by com.google.cloud.sql.postgres.SocketFactory.");
        assertThatCode(() -> allowing("localhost").require(cloud)).doesNotThrowAnyException();
        String ours = "jdbc:postgresql:///db?socketFactory=dev.chaostest.postgres.wire.ChaosSocketFactory";
        assertThatCode(() -> allowing("").require(ours)).doesNotThrowAnyException();
    }

    @Test
    void aLiveConnectionIsCheckedToo() throws SQLException {
        try (Connection connection = IsolationTestServer.admin().getConnection()) {
            Loopback.allowing("").require(connection);
            assertThatThrownBy(() -> new Loopback("", host -> resolve("db.example")).require(connection))
                    .isInstanceOf(ChaosException.class);
        }
    }
}
