// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import dev.chaostest.link.TcpLink;
import dev.chaostest.postgres.wire.WireMount;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/** Has connections pass the seam of a mount by a TCP link, as those of any other client do. */
final class LinkMount implements WireFixture.MountedBy {

    private final Map<WireMount, TcpLink> links = new ConcurrentHashMap<>();

    @Override
    public Connection connect(WireMount wire, String... settings) throws SQLException {
        URI server = URI.create(WireTestServer.url().substring("jdbc:".length()));
        TcpLink link = links.computeIfAbsent(
                wire,
                mount -> TcpLink.open(
                        "bank", new InetSocketAddress(server.getHost(), server.getPort()), () -> {}, mount::newFilter));
        Properties properties = WireTestServer.login();
        properties.setProperty("sslmode", "disable");
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://localhost:" + link.port() + server.getPath(), properties);
    }

    @Override
    public void close() {
        links.values().forEach(TcpLink::close);
    }
}
