// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.PostgresSupply;
import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.server.ServerOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WriteLogTest {

    private OwnServer server;

    @BeforeEach
    void start() {
        server = new OwnServer(ServerOptions.ofDefaults());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> slots() {
        return server.sql.column("SELECT slot_name FROM pg_replication_slots");
    }

    @Test
    void closingItLeavesNoSlot() {
        WriteLog log = WriteLog.open(server.postgres());
        assertThat(slots()).hasSize(1);
        log.close();
        log.close();
        assertThat(slots()).isEmpty();
        assertThatThrownBy(() -> log.record("bank"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The log of what tests write must be open, but is closed. Close it behind the last test.");
    }

    @Test
    void aRecordingOfTheDatabaseSeesEverybody() {
        try (WriteLog log = WriteLog.open(server.postgres());
                TestSchema one = server.schema("one");
                TestSchema other = server.schema("other")) {
            server.in(one).run("CREATE TABLE a (id int)");
            server.in(other).run("CREATE TABLE b (id int)");
            try (Writes writes = log.record()) {
                server.in(one).run("INSERT INTO a VALUES (1)");
                server.in(other).run("INSERT INTO b VALUES (1)");
                assertThat(writes.wrote())
                        .extracting(change -> change.table().name())
                        .containsExactly("a", "b");
                assertThat(writes).hasToString("writes of the database since " + writes.from());
            }
        }
    }

    @Test
    void severalTransactionsAreNotAllOrNothing() {
        try (WriteLog log = WriteLog.open(server.postgres());
                TestSchema schema = server.schema("bank")) {
            Sql sql = server.in(schema);
            sql.run("CREATE TABLE account (id int PRIMARY KEY, n int); CREATE TABLE entry (id int)");
            try (Writes writes = log.record(schema.name())) {
                writes.assertNothing();
                writes.assertAllOrNothing();
                assertThat(writes.describe()).containsExactly("nothing");
                sql.run("BEGIN; INSERT INTO account VALUES (1, 1); INSERT INTO entry VALUES (1); COMMIT");
                writes.assertAllOrNothing();
                writes.assertTogether("account", "entry");
                sql.run("UPDATE account SET n = 2");

                WrittenTransaction first = writes.transactions().get(0);
                WrittenTransaction second = writes.transactions().get(1);
                String in = schema.name() + ".";
                assertThatThrownBy(writes::assertAllOrNothing)
                        .isInstanceOf(AssertionError.class)
                        .hasMessage(
                                "All must be written in one transaction, or nothing, but 2 transactions wrote. Begin one "
                                        + "around the whole work."
                                        + "\n  transaction " + first.xid() + " at " + first.committedAt()
                                        + "\n    INSERT " + in + "account [id=1, n=1]"
                                        + "\n    INSERT " + in + "entry [id=1]"
                                        + "\n  transaction " + second.xid() + " at " + second.committedAt()
                                        + "\n    UPDATE " + in + "account [id=1] [id=1, n=2]");
                assertThatThrownBy(() -> writes.assertTogether("entry", "account"))
                        .isInstanceOf(AssertionError.class)
                        .hasMessage(
                                "Every transaction that writes to one of [account, entry] must write to all of them, but 1 "
                                        + "did not. Write them in one transaction."
                                        + "\n  transaction " + second.xid() + " at " + second.committedAt()
                                        + "\n    UPDATE " + in + "account [id=1] [id=1, n=2]");
                assertThatThrownBy(writes::assertNothing)
                        .isInstanceOf(AssertionError.class)
                        .hasMessageStartingWith(
                                "Nothing must be written, but 2 transactions did. Roll back what failed, and "
                                        + "commit nothing before it.\n  transaction " + first.xid());
                assertThatThrownBy(() -> writes.assertTogether("account", "account"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(
                                "assertTogether must have at least two tables, but has [account]. Name those that belong "
                                        + "together.");
                assertThat(second.toString()).startsWith("transaction " + second.xid() + ": [UPDATE ");
            }
        }
    }

    @Test
    void whoWritesOnTheServerIsNamedToWhoWantsToOpenIt() throws SQLException {
        server.sql.run("CREATE DATABASE elsewhere", "CREATE TABLE public.t (id int)");
        try (Connection writer = DriverSettings.of(
                        server.postgres().jdbcUrl().replace("/postgres", "/elsewhere"), "postgres", null)
                .unpooled()
                .getConnection()) {
            writer.setAutoCommit(false);
            Sql.run(writer, "CREATE TABLE t (id int)");
            String pid = Sql.column(writer, "SELECT pg_backend_pid()").get(0);
            List<Connection> opened = new ArrayList<>();
            ChaosException refused = catchThrowableOfType(
                    ChaosException.class,
                    () -> WriteLog.open(
                            () -> {
                                opened.add(server.postgres().connect());
                                return opened.get(opened.size() - 1);
                            },
                            Duration.ofMillis(200)));
            assertThat(refused)
                    .hasMessage(
                            "The log of what tests write must be opened while nobody writes, but a transaction stayed open "
                                    + "for 200 ms. Open it before the tests, or end these first."
                                    + "\n  writer : pid " + pid + " in database \"elsewhere\", idle in transaction: "
                                    + "SELECT pg_backend_pid()");
            for (Connection each : opened) {
                assertThat(each.isClosed()).isTrue();
            }
            assertThat(slots()).isEmpty();
        }
        server.sql.run("BEGIN; INSERT INTO public.t VALUES (1); PREPARE TRANSACTION 'p'");
        assertThatThrownBy(() -> WriteLog.open(server.postgres()::connect, Duration.ofMillis(200)))
                .hasMessageEndingWith("\n  writer : prepared transaction \"p\" in database \"postgres\"");
        server.sql.run("ROLLBACK PREPARED 'p'");
        WriteLog.open(server.postgres()).close();
    }

    @Test
    void aServerThatIsNotOursIsRefusedUnlessItsOwnerAsks() {
        String url = server.postgres().jdbcUrl();
        try (PostgresSupply supply =
                PostgresSupply.ofUrl(url, Optional.of("postgres"), Optional.empty(), key -> Optional.empty())) {
            Postgres theirs = supply.shared();
            assertThatThrownBy(() -> WriteLog.open(theirs))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("What a test wrote must be read on a server that this library started, but "
                            + theirs.describe()
                            + " is not: a replication slot makes a server keep its log and its dead "
                            + "catalogue rows, for all who use it. Remove chaos.jdbc.url, or, if it is yours, use "
                            + "WriteLog.openOnServerOfYours(dataSource).");
            assertThat(slots()).isEmpty();
        }
    }

    @Test
    void itsOwnerOpensItOnAnyServerAndHasTheSessionsBackAsTheyWere() throws SQLException {
        server.sql.run("CREATE ROLE replicator LOGIN REPLICATION", "CREATE TABLE public.account (id int)");
        DriverSettings settings = DriverSettings.of(server.postgres().jdbcUrl(), "replicator", null);
        try (TestPool pool = TestPool.of(settings.unpooled(), 2, "theirs")) {
            try (WriteLog log = WriteLog.openOnServerOfYours(pool.dataSource());
                    Writes writes = log.record("public")) {
                server.sql.run("INSERT INTO public.account VALUES (1)");
                assertThat(writes.wrote()).hasSize(1);
            }
            try (Connection one = pool.dataSource().getConnection();
                    Connection other = pool.dataSource().getConnection()) {
                for (Connection each : List.of(one, other)) {
                    assertThat(Sql.column(each, "SHOW search_path")).containsExactly("\"$user\", public");
                    assertThat(Sql.column(each, "SHOW statement_timeout")).containsExactly("0");
                }
            }
            assertThat(slots()).isEmpty();
        }
    }

    @Test
    void aServerWithoutLogicalLogIsRefused() {
        try (OwnServer other = new OwnServer(ServerOptions.ofDefaults().withSetting("wal_level", "replica"))) {
            assertThatThrownBy(() -> WriteLog.open(other.postgres()))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "The log of what tests write must be readable, but the server answered 55000. Start the server "
                                    + "with wal_level=logical, and lead to the primary.");
        }
    }

    @Test
    void aRoleThatMayNotReplicateIsRefused() {
        server.sql.run("CREATE ROLE weak LOGIN");
        DataSource weak =
                DriverSettings.of(server.postgres().jdbcUrl(), "weak", null).unpooled();
        assertThatThrownBy(() -> WriteLog.openOnServerOfYours(weak))
                .hasMessage("The log of what tests write must be readable, but the server answered 42501. Connect as a "
                        + "superuser, or as a role with REPLICATION.");
    }

    @Test
    void aServerWithoutAFreeSlotIsRefused() {
        try (OwnServer other = new OwnServer(ServerOptions.ofDefaults().withSetting("max_replication_slots", "1"));
                WriteLog first = WriteLog.open(other.postgres())) {
            assertThatThrownBy(() -> WriteLog.open(other.postgres()))
                    .hasMessage("The log of what tests write must be readable, but the server answered 53400. Raise "
                            + "max_replication_slots.");
            first.record().assertNothing();
        }
    }

    @Test
    void aLogWhoseSessionEndedSaysSoAndIsClosedAllTheSame() {
        try (WriteLog log = WriteLog.open(server.postgres())) {
            Writes writes = log.record();
            server.sql.run("SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots");
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(writes::transactions)
                        .isInstanceOf(ChaosException.class)
                        .hasMessageMatching("The log of what tests write must stay readable, but the server answered "
                                + "(57P01|08006|08003) once, and forgot then where to read on. Open another log; see the "
                                + "cause\\.");
            }
            writes.close();
        }
    }

    @Test
    void whatNobodyReadsAnyMoreIsLetGoOf() {
        try (WriteLog log = WriteLog.open(server.postgres());
                TestSchema schema = server.schema("bank")) {
            Sql sql = server.in(schema);
            sql.run("CREATE TABLE account (id int, note text)");
            String kept = "SELECT pg_current_wal_insert_lsn() - restart_lsn < 1000000 FROM pg_replication_slots";
            try (Writes longer = log.record(schema.name())) {
                try (Writes writes = log.record(schema.name())) {
                    sql.run("INSERT INTO account SELECT i, repeat('x', 1000) FROM generate_series(1, 3000) i");
                    assertThat(writes.wrote()).hasSize(3_000);
                }
                log.record(schema.name()).close();
                assertThat(longer.wrote()).hasSize(3_000);
                assertThat(sql.column(kept)).containsExactly("f");
            }
            log.record(schema.name()).close();
            if (server.postgres().majorVersion() >= 16) {
                assertThat(sql.column(kept)).containsExactly("t");
            }
        }
    }
}
