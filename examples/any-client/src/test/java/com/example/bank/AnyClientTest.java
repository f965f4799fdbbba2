// SPDX-License-Identifier: Apache-2.0
package com.example.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireLink;
import dev.chaostest.postgres.wire.WireTarget;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Faults at statements for a client that has no JDBC: it connects to a port of the test instead of to the server. */
@Tag(ChaosTags.TRANSACTION)
@Timeout(60)
class AnyClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static PostgresServer server;
    private static Vertx vertx;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(ServerOptions.ofDefaults());
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() throws Exception {
        get(vertx.close());
        server.close();
    }

    @BeforeEach
    void fill() throws Exception {
        Pool direct = pool(server.port());
        get(direct.query("DROP TABLE IF EXISTS account").execute());
        get(direct.query("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)").execute());
        get(direct.query("INSERT INTO account VALUES (1, 1000), (2, 1000)").execute());
        get(direct.close());
    }

    private static PgConnectOptions at(int port) {
        return new PgConnectOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setUser(server.user())
                .setDatabase("postgres");
    }

    private static Pool pool(int port) {
        return PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(2))
                .connectingTo(at(port))
                .using(vertx)
                .build();
    }

    private static WireLink link(ChaosScope scope) {
        return WireLink.open(scope, "bank", new InetSocketAddress(server.host(), server.port()));
    }

    @ChaosTest
    void transferIsTriedAgainAfterASerializationFailure(ChaosScope scope) throws Exception {
        WireLink link = link(scope);
        scope.inject(Rule.of(SqlTarget.on("UPDATE account"), Trigger.first(2), ServerError.of("40001")));
        Pool pool = pool(link.port());
        Bank bank = new Bank(pool);

        get(bank.transfer(1, 2, 100));

        assertThat(get(bank.balance(1))).isEqualTo(900);
        assertThat(get(bank.balance(2))).isEqualTo(1100);
        assertThat(scope.fired()).hasSize(2);
        get(pool.close());
    }

    @ChaosTest
    void transferWhoseReplyIsLostWasMade(ChaosScope scope) throws Exception {
        WireLink link = link(scope);
        scope.inject(Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new Cut(When.AFTER)));
        Pool pool = pool(link.port());
        Bank bank = new Bank(pool);

        assertThatThrownBy(() -> get(bank.transfer(1, 2, 100))).isInstanceOf(ExecutionException.class);

        Pool other = pool(server.port()); // the first one may lend the lost connection once more
        assertThat(get(new Bank(other).balance(1))).isEqualTo(900);
        get(other.close());
        get(pool.close());
    }

    @ChaosTest
    void cancelEndsWhatHangs(ChaosScope scope) throws Exception {
        WireLink link = link(scope);
        scope.inject(Rule.of(SqlTarget.on("SELECT account"), Trigger.nth(1), new Hang(When.BEFORE)));
        scope.inject(Rule.of(WireTarget.cancelRequest(), Trigger.nth(1), new Cut(When.AFTER)));
        PgConnection connection = get(PgConnection.connect(vertx, at(link.port())));
        Future<RowSet<Row>> hanging;
        try (Watch hangs = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            hanging = connection.query("SELECT balance FROM account").execute();
            hangs.await(PATIENCE);
        }

        get(connection.cancelRequest());

        assertThatThrownBy(() -> get(hanging))
                .cause()
                .isInstanceOfSatisfying(PgException.class, e -> assertThat(e.getSqlState())
                        .isEqualTo("57014"));
        get(connection.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
