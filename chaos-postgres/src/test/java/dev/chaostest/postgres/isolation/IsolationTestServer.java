// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;

/** The PostgreSQL that the tests of this part run on; the only place that knows where it is. */
public final class IsolationTestServer {

    private IsolationTestServer() {}

    /** Its URL: the property {@code chaos.isolation.url}, else {@code CHAOS_ISOLATION_URL}, else a local one. */
    public static String url() {
        return Optional.ofNullable(System.getProperty("chaos.isolation.url"))
                .or(() -> Optional.ofNullable(System.getenv("CHAOS_ISOLATION_URL")))
                .orElse("jdbc:postgresql://127.0.0.1:55442/postgres");
    }

    /** A superuser's. */
    public static PGSimpleDataSource admin() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url());
        source.setUser("postgres");
        source.setPassword("postgres");
        return source;
    }
}
