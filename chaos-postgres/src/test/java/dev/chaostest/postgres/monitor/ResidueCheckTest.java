// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.isolation.SwitchedSource;
import dev.chaostest.postgres.monitor.Residue.Kind;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** Without JUnit's help: what the sessions of a seam leave. */
@Timeout(120)
class ResidueCheckTest {

    private Sessions sessions;
    /** Else the driver closes them when the garbage collector comes by, which is told in other words. */
    private final List<Connection> held = new ArrayList<>();

    private WireMount wire;
    private PGSimpleDataSource bank;

    @BeforeEach
    void open() throws SQLException {
        sessions = new Sessions();
        wire = WireMount.twinOf("residue");
        bank = Sessions.source();
        bank.setSocketFactory(wire.properties().getProperty("socketFactory"));
        bank.setSocketFactoryArg(wire.key());
        bank.setSslMode("disable");
    }

    @AfterEach
    void close() throws SQLException {
        wire.close();
        sessions.close();
    }

    private String update() {
        return "UPDATE " + sessions.table() + " SET balance = balance + 1 WHERE id = 1";
    }

    private Connection opened() throws SQLException {
        Connection connection = bank.getConnection();
        held.add(connection);
        return connection;
    }

    private ResidueCheck begin() {
        return ResidueCheck.begin("transfer", wire, Sessions.source());
    }

    @Test
    void whereNothingWasOpenedTheServerIsNotAsked() {
        AtomicInteger asked = new AtomicInteger();
        DataSource counted = new SwitchedSource(() -> {
            asked.incrementAndGet();
            return Sessions.source();
        });
        try (ResidueCheck check = ResidueCheck.begin("transfer", wire, counted)) {
            assertThat(check.find()).isEmpty();
        }
        assertThat(asked).hasValue(0);
    }

    @Test
    void whatIsClosedIsNoResidue() throws SQLException {
        try (ResidueCheck check = begin()) {
            for (int i = 0; i < 20; i++) {
                try (Connection connection = bank.getConnection()) {
                    Sessions.run(connection, update());
                }
            }
            assertThat(check.find()).isEmpty();
        }
    }

    @Test
    void theMessageNamesEachThingAndWhatToDo() throws SQLException {
        ResidueCheck check = begin();
        Connection connection = opened();
        int pid = Sessions.pid(connection);
        connection.setAutoCommit(false);
        Sessions.run(connection, update());

        assertThatThrownBy(check::close)
                .isInstanceOf(ChaosException.class)
                .message()
                .matches(
                        "\"transfer\" must leave nothing on the server, but left an open transaction\\. End what it began\\.\n"
                                + "  left     : an open transaction \\(pid " + pid + ", connection opened by "
                                + "ResidueCheckTest\\.opened:\\d+\\), begun [\\d.]+m?s ago, which holds "
                                + "RowExclusiveLock on " + sessions.table() + ", RowExclusiveLock on "
                                + sessions.table()
                                + "_pkey; its last statement: UPDATE " + sessions.table()
                                + " SET balance = balance \\+ 1 WHERE id = 1\n"
                                + "  do       : commit it, or roll it back, before the connection is given back");
        assertThat(check.hasFound()).isTrue();
        assertThat(ServerState.read(Sessions.source()).session(pid))
                .as("it is ended")
                .isEmpty();
        check.close(); // one thing, one sentence
    }

    @Test
    void aConnectionThatTheCollectorFindsFirstIsToldToo() throws SQLException {
        ResidueCheck check = begin();
        int pid = forgotten();
        Patience.await("the driver must have closed it").until(() -> {
            System.gc();
            return wire.backends().isEmpty();
        });

        assertThat(check.find())
                .singleElement()
                .asString()
                .matches("a connection that was opened by ResidueCheckTest" + "\\.forgotten:\\d+ \\(pid " + pid
                        + "\\) and never closed: the driver did, when nobody held it any more");
        try (Connection closed = bank.getConnection()) {
            Sessions.run(closed, "SELECT 1");
        }
        assertThat(check.find()).as("one that is closed is none").isEmpty();
    }

    private int forgotten() throws SQLException {
        return Sessions.pid(bank.getConnection());
    }

    @Test
    void whatASessionHeldBeforeIsNotTold() throws SQLException {
        Connection connection = opened();
        int key = Sessions.pid(connection);
        Sessions.run(connection, "SELECT pg_advisory_lock(9, " + key + ")", "CREATE TEMPORARY TABLE before (id int)");
        Connection begun = opened();
        begun.setAutoCommit(false);
        Sessions.run(begun, update());
        ResidueCheck check = begin();

        assertThat(check.findHeld(Set.of())).isEmpty();
        assertThat(check.find()).as("nor that it is open").isEmpty();

        Sessions.run(connection, "SELECT pg_advisory_lock(10, " + key + ")");
        begun.rollback();
        Sessions.run(begun, update());
        assertThat(check.findHeld(Set.of()))
                .extracting(Residue::kind)
                .containsExactlyInAnyOrder(Kind.ADVISORY_LOCK, Kind.TRANSACTION);
    }

    @Test
    void aSessionMayBeExcepted() throws SQLException {
        ResidueCheck check = begin();
        Connection connection = opened();
        connection.setAutoCommit(false);
        Sessions.run(connection, update());

        assertThat(check.findHeld(Set.of(Sessions.pid(connection)))).isEmpty();
        assertThat(check.findHeld(Set.of())).extracting(Residue::kind).containsExactly(Kind.TRANSACTION);
    }

    @Test
    void aBackendThatWaitsForALockWithoutItsConnectionIsTold() throws SQLException {
        sessions.begin("holder", update());
        ResidueCheck check = begin();
        Connection waiter = opened();
        int pid = Sessions.pid(waiter);
        sessions.start(waiter, update());
        Sessions.awaitBlocked(waiter);
        waiter.abort(Runnable::run);

        assertThatThrownBy(check::close)
                .hasMessageContaining("but left a backend without a connection. End what it began.")
                .hasMessageContaining("(pid " + pid + ", connection opened by ")
                .hasMessageContaining("it runs: " + update());
        assertThat(ServerState.read(Sessions.source()).session(pid)).isEmpty();
    }

    @Test
    void aBackendWhoseConnectionWeCutIsEndedAndNotTold() throws SQLException {
        Rule cut = Rule.of(SqlTarget.on("SELECT").rows(), Trigger.nth(1), new Cut(When.BEFORE));
        try (ResidueCheck check = begin();
                ChaosScope scope = ChaosScope.open("cut", Plan.of(Seed.random(), cut))) {
            scope.arm(wire.mount());
            Connection connection = opened();
            int pid = Sessions.pid(connection);
            // The server sends once, as soon as it has 8 kB, and sleeps: if it sent again, it would learn of the end.
            assertThatThrownBy(() -> Sessions.run(
                            connection,
                            "SELECT 'x' UNION ALL SELECT repeat('x', 8300) UNION ALL SELECT pg_sleep(45)::text"))
                    .isInstanceOf(SQLException.class);
            assertThat(scope.fired()).hasSize(1);
            assertThat(ServerState.read(Sessions.source()).session(pid))
                    .as("it does not know that its connection is gone")
                    .isPresent();

            assertThat(check.find()).isEmpty();
            assertThat(ServerState.read(Sessions.source()).session(pid)).isEmpty();
        }
    }

    @Test
    void aPreparedTransactionIsKnownByItsNameHoweverItWasSaid() throws SQLException {
        String gid = sessions.schema() + " o'clock";
        ResidueCheck check = begin();
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            Sessions.run(connection, update(), "prepare  transaction '" + gid.replace("'", "''") + "'");
        }
        List<Residue> left = check.find();

        assertThat(left).singleElement().satisfies(residue -> {
            assertThat(residue.kind()).isEqualTo(Kind.PREPARED_TRANSACTION);
            assertThat(residue.pid()).isEqualTo(Blocking.PREPARED);
            assertThat(residue.what()).startsWith("the prepared transaction \"" + gid + "\", prepared by postgres ");
        });
        ResidueCheck another = ResidueCheck.begin("next", wire, Sessions.source());
        assertThat(another.find()).as("it is the one's before").isEmpty();
        try (Connection admin = Sessions.source().getConnection()) {
            Sessions.run(admin, "ROLLBACK PREPARED '" + gid.replace("'", "''") + "'");
        }
    }

    @Test
    void aPreparedTransactionThatFailedIsNone() throws SQLException {
        String gid = sessions.schema() + " taken";
        Connection other = sessions.begin("other", update());
        Sessions.run(other, "PREPARE TRANSACTION '" + gid + "'");
        try (Connection connection = bank.getConnection()) {
            ResidueCheck check = begin();
            connection.setAutoCommit(false);
            Sessions.run(connection, "SELECT pg_current_xact_id()");
            assertThatThrownBy(() -> Sessions.run(connection, "PREPARE TRANSACTION '" + gid + "'"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            failed -> assertThat(failed.getSQLState()).isEqualTo("42710"));
            connection.rollback();
            assertThat(wire.prepared()).isEmpty();
            assertThat(check.find()).as("somebody else has it").isEmpty();
        } finally {
            other.setAutoCommit(true);
            Sessions.run(other, "ROLLBACK PREPARED '" + gid + "'");
        }
    }

    @Test
    void anOrdinaryRoleSeesThatATransactionIsOpenButNotWhatItDid() throws SQLException {
        String role = sessions.schema();
        Connection admin = sessions.open("admin");
        Sessions.run(admin, "CREATE ROLE " + role + " LOGIN");
        try {
            ResidueCheck check = ResidueCheck.begin("transfer", wire, as(role));
            Connection connection = opened();
            connection.setAutoCommit(false);
            Sessions.run(connection, update());

            assertThat(check.find())
                    .singleElement()
                    .asString()
                    .matches("an open transaction \\(pid " + Sessions.pid(connection) + ", connection opened by .*\\), "
                            + "which holds RowExclusiveLock on .*; its statement is hidden from this role");
            connection.close();
        } finally {
            Sessions.run(admin, "DROP ROLE " + role);
        }
    }

    private static DataSource as(String role) {
        PGSimpleDataSource source = Sessions.source();
        source.setUser(role);
        return source;
    }

    @Test
    void aServerThatCannotBeAskedTellsNothing() throws SQLException {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/nowhere");
        ResidueCheck check = ResidueCheck.begin("transfer", wire, nowhere);
        try (Connection connection = bank.getConnection()) {
            Sessions.run(connection, "SELECT 1");
        }
        assertThat(check.find()).isEmpty();
    }
}
