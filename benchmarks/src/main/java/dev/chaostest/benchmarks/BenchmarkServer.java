// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.ChaosScope;
import dev.chaostest.link.TcpLink;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.PostgresSupply;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.wire.WireLink;
import dev.chaostest.postgres.wire.WireMount;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;

/** The PostgreSQL of a benchmark: the one at {@code chaos.jdbc.url} if that is set, else one of its own. */
final class BenchmarkServer implements AutoCloseable {

    private final PostgresSupply supply =
            PostgresSupply.of(key -> Optional.ofNullable(System.getProperty(key)), System.getenv());

    Postgres postgres() {
        return supply.shared();
    }

    DriverSettings settings() {
        Postgres postgres = postgres();
        return DriverSettings.of(
                postgres.jdbcUrl(),
                postgres.user().orElse(null),
                postgres.password().orElse(null));
    }

    /** As these settings, through a mount. */
    static DriverSettings through(WireMount mount, DriverSettings settings) {
        Map<String, String> properties = new HashMap<>();
        mount.properties().forEach((name, value) -> properties.put((String) name, (String) value));
        return settings.withProperties(properties);
    }

    /** A relay to it that can do nothing else. */
    BareRelay bareRelay() throws IOException {
        return new BareRelay(new InetSocketAddress(postgres().host(), postgres().port()));
    }

    /** A link to it, on which nobody is armed. */
    TcpLink link() {
        return TcpLink.open(
                "idle", new InetSocketAddress(postgres().host(), postgres().port()));
    }

    /** As {@link #link()}, with the wire seam of a mount in it. */
    TcpLink link(WireMount mount) {
        return TcpLink.open(
                "wire", new InetSocketAddress(postgres().host(), postgres().port()), () -> {}, mount::newFilter);
    }

    /** A link that carries the wire seam, on which a scope is armed. */
    WireLink wireLink(ChaosScope scope) {
        return WireLink.open(
                scope,
                "armed",
                new InetSocketAddress(postgres().host(), postgres().port()));
    }

    /** As it is, by a DataSource of the driver's own. */
    PGSimpleDataSource unlinked() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres().jdbcUrl());
        postgres().user().ifPresent(source::setUser);
        return source;
    }

    /** As {@link #unlinked}, through a link. */
    PGSimpleDataSource through(TcpLink link) {
        return through(link.address());
    }

    /** As {@link #unlinked}, through what listens there. */
    PGSimpleDataSource through(InetSocketAddress address) {
        PGSimpleDataSource source = unlinked();
        source.setServerNames(new String[] {address.getHostString()});
        source.setPortNumbers(new int[] {address.getPort()});
        return source;
    }

    @Override
    public void close() {
        supply.close();
    }
}
