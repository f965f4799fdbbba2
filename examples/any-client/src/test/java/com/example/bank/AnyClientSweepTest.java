// SPDX-License-Identifier: Apache-2.0
package com.example.bank;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import dev.chaostest.postgres.wire.WireLink;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Every failure that the bank can meet, one by one, though it has no JDBC: what passes the link is swept. */
@PostgresTest
@Tag(ChaosTags.TRANSACTION)
class AnyClientSweepTest {

    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() throws Exception {
        get(vertx.close());
    }

    @ChaosSweep
    @IsolatedSchema("/account.sql")
    void noFailureLosesMoney(DataSource admin, ChaosScope scope, Sweep sweep) throws Exception {
        sweep.invariant("money", "SELECT sum(balance) FROM account");
        sweep.accepts(ExecutionException.class);
        Pool pool = pool(admin, scope);
        try {
            get(new Bank(pool).transfer(1, 2, 100));
        } finally {
            get(pool.close());
        }
    }

    /** To the schema of this test, through a link. */
    private static Pool pool(DataSource admin, ChaosScope scope) throws SQLException {
        try (Connection direct = admin.getConnection()) {
            URI url = URI.create(direct.getMetaData().getURL().substring("jdbc:".length()));
            WireLink link = WireLink.open(scope, "bank", new InetSocketAddress(url.getHost(), url.getPort()));
            PgConnectOptions options = new PgConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(link.port())
                    .setUser(direct.getMetaData().getUserName())
                    .setDatabase(direct.getCatalog())
                    .addProperty("search_path", direct.getSchema());
            return PgBuilder.pool()
                    .with(new PoolOptions().setMaxSize(1))
                    .connectingTo(options)
                    .using(vertx)
                    .build();
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
