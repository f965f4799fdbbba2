// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.isolation.SwitchedSource;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.postgres.server.StopMode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class ReadinessTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void itLastsUntilAWriteIsCommitted() {
        AtomicInteger asked = new AtomicInteger();
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults())) {
            DataSource plain = source(server, "postgres");
            String before = xid(plain);
            server.stop(StopMode.FAST); // a crash would have the number used again
            DataSource coming = new SwitchedSource(() -> {
                if (asked.incrementAndGet() == 3) {
                    server.start();
                }
                return plain;
            });

            assertThat(Readiness.await(coming, LONG)).isPositive();

            assertThat(asked.get()).isGreaterThanOrEqualTo(3);
            assertThat(Long.parseLong(xid(plain))).isGreaterThan(Long.parseLong(before) + 1);
        }
    }

    private static String xid(DataSource source) {
        return new Sql(source).column("SELECT pg_current_xact_id()").get(0);
    }

    @Test
    void oneThatDoesNotComeIsToldWithItsLastAnswer() {
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults())) {
            DataSource plain = source(server, "postgres");
            server.stop(StopMode.CRASH);
            assertThatThrownBy(() -> Readiness.await(plain, Duration.ofMillis(50)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageStartingWith(
                            "The PostgreSQL must commit a transaction within 50ms, but answered 08001: ")
                    .hasMessageEndingWith(". Look into its log; if it only needs longer, wait longer.");
        }
    }

    @Test
    void whatWaitingDoesNotMendIsToldAtOnce() {
        AtomicInteger asked = new AtomicInteger();
        PGSimpleDataSource stranger = new PGSimpleDataSource();
        stranger.setUrl(TestServer.url());
        stranger.setUser("no such role");
        stranger.setPassword("none");
        DataSource counted = new SwitchedSource(() -> {
            asked.incrementAndGet();
            return stranger;
        });
        assertThatThrownBy(() -> Readiness.await(counted, LONG))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("The PostgreSQL must commit a transaction within 60s, but answered 28");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aDeadlineOfNothingIsRefused() {
        assertThatThrownBy(() -> Readiness.await(new PGSimpleDataSource(), Duration.ZERO))
                .isInstanceOf(ChaosException.class)
                .hasMessage("deadline must be positive, but was PT0S. Use for example 30 seconds.");
    }

    private static PGSimpleDataSource source(PostgresServer server, String user) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(server.jdbcUrl());
        source.setUser(user);
        return source;
    }
}
