// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.postgres.TestServer;
import org.postgresql.ds.PGSimpleDataSource;

/** The PostgreSQL that the tests of this part run on; the only place that knows where it is. */
public final class IsolationTestServer {

    private IsolationTestServer() {}

    /** Its URL. */
    public static String url() {
        return TestServer.url();
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
