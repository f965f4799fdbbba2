// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.util.Optional;

/** The PostgreSQL that the tests of this module share: {@code CHAOS_JDBC_URL}, else one of our own for this JVM. */
public final class TestServer {

    private TestServer() {}

    /** Its URL without parameters; {@code postgres} is a superuser there who needs no password. */
    public static String url() {
        String url = Optional.ofNullable(System.getProperty("CHAOS_JDBC_URL"))
                .or(() -> Optional.ofNullable(System.getenv("CHAOS_JDBC_URL")))
                .orElseGet(() -> Own.SERVER.jdbcUrl());
        int question = url.indexOf('?');
        return question < 0 ? url : url.substring(0, question);
    }

    /** Started with the first test that needs it; ends with the JVM. */
    private static final class Own {
        private static final PostgresServer SERVER = PostgresServer.start(ServerOptions.ofDefaults());
    }
}
