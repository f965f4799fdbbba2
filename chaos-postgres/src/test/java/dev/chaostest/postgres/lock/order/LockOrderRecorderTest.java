// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Inversions are found without a deadlock, and nothing else is called one. */
class LockOrderRecorderTest {

    private static final String DATABASE = name();

    private final String schema = name();
    private final WireMount mount = WireMount.twinOf("order");
    private final ChaosScope scope = ChaosScope.open("test", Plan.of(new Seed(7)));
    private LockOrderRecorder recorder;

    private static String name() {
        return "order_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    }

    /** An extension belongs to a whole database. */
    @BeforeAll
    static void createDatabase() throws SQLException {
        try (Connection setup = source().getConnection()) {
            run(setup, "CREATE DATABASE " + DATABASE + " TEMPLATE template0");
        }
        try (Connection setup = admin().getConnection()) {
            run(setup, "CREATE EXTENSION pgrowlocks");
        }
    }

    @AfterAll
    static void dropDatabase() throws SQLException {
        try (Connection last = source().getConnection()) {
            run(last, "DROP DATABASE " + DATABASE + " WITH (FORCE)");
        }
    }

    @BeforeEach
    void open() throws SQLException {
        try (Connection setup = admin().getConnection()) {
            run(
                    setup,
                    "CREATE SCHEMA " + schema,
                    "SET search_path = " + schema,
                    "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)",
                    "CREATE TABLE booking (id int PRIMARY KEY, account int REFERENCES account)",
                    "INSERT INTO account SELECT n, 1000 FROM generate_series(1, 9) n",
                    "INSERT INTO booking SELECT n, n FROM generate_series(1, 9) n");
        }
        recorder = LockOrderRecorder.watch(scope, mount, admin());
    }

    @AfterEach
    void close() {
        scope.close();
        mount.close();
    }

    private static PGSimpleDataSource source() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(TestServer.url());
        source.setUser("postgres");
        return source;
    }

    private static PGSimpleDataSource admin() {
        PGSimpleDataSource source = source();
        source.setDatabaseName(DATABASE);
        return source;
    }

    /** Of the code under test. */
    private Connection connect() throws SQLException {
        PGSimpleDataSource source = admin();
        source.setCurrentSchema(schema);
        source.setSslMode("disable");
        source.setSocketFactory(mount.properties().getProperty("socketFactory"));
        source.setSocketFactoryArg(mount.key());
        return source.getConnection();
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** One transaction of the code under test. */
    private void transaction(String... statements) throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            run(connection, statements);
            connection.commit();
        }
    }

    private static String add(int amount, int id) {
        return "UPDATE account SET balance = balance + " + amount + " WHERE id = " + id;
    }

    @Test
    void rowsThatAreUpdatedInOppositeOrdersAreReportedWithStatementsAndCallers() throws SQLException {
        transaction(add(-100, 1), add(100, 2));
        assertThat(recorder.inversions()).isEmpty();
        transaction(add(-5, 2), add(5, 1));

        assertThat(recorder.seesRows()).isTrue();
        assertThat(recorder.inversions()).hasSize(1);
        LockInversion inversion = recorder.inversions().get(0);
        assertThat(inversion.one().first().lock()).isEqualTo("row (1) of " + schema + ".account");
        assertThat(inversion.one().first().statement()).isEqualTo(add(-100, 1));
        assertThat(inversion.one().then().statement()).isEqualTo(add(100, 2));
        assertThat(inversion.other().first().statement()).isEqualTo(add(-5, 2));
        assertThat(inversion.other().then().caller())
                .hasValueSatisfying(caller -> assertThat(caller).startsWith("LockOrderRecorderTest.run:"));
        assertThatThrownBy(recorder::assertNoInversion)
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching(
                        ("Code paths must take their locks in one order, but 1 pair does not: they can deadlock "
                                        + "(40P01). Sort what is locked, by id for instance, or take one common lock first.\n"
                                        + "  path 1: row (1) of S.account (for no key update) by \"" + add(-100, 1)
                                        + "\", from R\n"
                                        + "  then  : row (2) of S.account (for no key update) by \"" + add(100, 2)
                                        + "\", from R\n"
                                        + "  path 2: row (2) of S.account (for no key update) by \"" + add(-5, 2)
                                        + "\", from R\n"
                                        + "  then  : row (1) of S.account (for no key update) by \"" + add(5, 1)
                                        + "\", from R")
                                .replaceAll("[()+]", "\\\\$0")
                                .replace(" S.", " " + schema + ".")
                                .replace("from R", "from LockOrderRecorderTest.run:\\d+"));
        assertThat(recorder.missed()).isZero();
    }

    @Test
    void tablesAndAdvisoryKeysAreWatchedToo() throws SQLException {
        transaction("LOCK TABLE account IN SHARE MODE", "LOCK TABLE booking IN EXCLUSIVE MODE");
        transaction("LOCK TABLE booking IN EXCLUSIVE MODE", "INSERT INTO account VALUES (10, 0)");
        assertThat(recorder.inversions()).hasSize(1);

        transaction("SELECT pg_advisory_xact_lock(-3, 1)", "SELECT pg_advisory_xact_lock(-3, 2)");
        try (Connection connection = connect()) {
            run(connection, "SELECT pg_advisory_lock(-3, 2)", "SELECT pg_advisory_lock(-3, 1)");
            assertThat(recorder.inversions()).hasSize(2);
        }
        assertThat(recorder.inversions().get(1).toString())
                .contains("advisory -3,1")
                .contains("advisory -3,2");
    }

    @Test
    void theOpenTransactionsLastStatementCountsWithoutAnotherOne() throws SQLException {
        transaction(add(1, 1), add(1, 2));
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            run(connection, add(1, 2), add(1, 1));
            assertThat(recorder.inversions()).hasSize(1);
            connection.rollback();
        }
    }

    @Test
    void theSameOrderIsNone() throws SQLException {
        for (int i = 0; i < 3; i++) {
            transaction(add(i, 1), add(-i, 2), "DELETE FROM booking WHERE id = " + (i + 1));
        }
        assertThat(recorder.inversions()).isEmpty();
        recorder.assertNoInversion();
    }

    @Test
    void aCommonLockBeforeKeepsThemApart() throws SQLException {
        String gate = "SELECT 1 FROM account WHERE id = 9 FOR UPDATE";
        transaction(gate, add(1, 1), add(1, 2));
        transaction(gate, add(1, 2), add(1, 1));
        assertThat(recorder.inversions()).isEmpty();

        transaction("SELECT 1 FROM account WHERE id = 9 FOR SHARE", add(1, 2), add(1, 1));
        assertThat(recorder.inversions())
                .as("a shared one keeps the first away only")
                .isEmpty();
        transaction("SELECT 1 FROM account WHERE id = 8 FOR UPDATE", add(1, 2), add(1, 1));
        assertThat(recorder.inversions()).as("another gate is none").hasSize(1);
    }

    @Test
    void modesThatAreCompatibleAreNone() throws SQLException {
        String share = "SELECT 1 FROM account WHERE id = %d FOR %s";
        transaction(share.formatted(1, "SHARE"), share.formatted(2, "SHARE"));
        transaction(share.formatted(2, "SHARE"), share.formatted(1, "KEY SHARE"));
        transaction(share.formatted(2, "SHARE"), add(1, 3));
        transaction(add(1, 3), share.formatted(2, "SHARE"));
        transaction("INSERT INTO booking VALUES (11, 5)", add(1, 6)); // KEY SHARE of account 5
        transaction(add(1, 6), add(1, 5));
        transaction("SELECT 1 FROM booking", "SELECT 1 FROM account");
        transaction("SELECT 1 FROM account", "SELECT 1 FROM booking");
        assertThat(recorder.inversions()).isEmpty();
    }

    @Test
    void differentRowsOfTheSameTablesAreNone() throws SQLException {
        transaction(add(1, 1), "DELETE FROM booking WHERE id = 1");
        transaction("DELETE FROM booking WHERE id = 2", add(1, 2));
        assertThat(recorder.inversions()).isEmpty();
    }

    @Test
    void locksThatWereLetGoOfBetweenAreNone() throws SQLException {
        transaction(add(1, 1), add(1, 2));
        try (Connection connection = connect()) {
            run(connection, add(1, 2), add(1, 1)); // each in a transaction of its own
            connection.setAutoCommit(false);
            java.sql.Savepoint before = connection.setSavepoint();
            run(connection, add(1, 2));
            connection.rollback(before);
            run(connection, add(1, 1));
            connection.rollback();
        }
        assertThat(recorder.inversions()).isEmpty();
    }

    @Test
    void aLockThatTwoShareAndBothWantForThemselvesIsReported() throws SQLException {
        String share = "SELECT 1 FROM account WHERE id = 1 FOR SHARE";
        transaction(share, add(1, 1));
        assertThat(recorder.inversions()).isEmpty();
        transaction(share, add(1, 1));
        assertThat(recorder.inversions()).hasSize(1);
        assertThat(recorder.inversions().get(0).one())
                .isEqualTo(recorder.inversions().get(0).other());
    }

    @Test
    void aRowKeepsItsNameWhenAnUpdateMovesIt() throws SQLException {
        transaction(add(1, 1), add(1, 2));
        transaction(add(1, 1));
        transaction(add(1, 2));
        transaction(add(1, 2), add(1, 1));
        assertThat(recorder.inversions()).hasSize(1);
    }

    @Test
    void twoRecordersOfOneMountAreRefusedAndAClosedOneAnswersNoMore() throws SQLException {
        assertThatThrownBy(() -> LockOrderRecorder.watch(scope, mount, admin()))
                .isInstanceOf(ChaosException.class)
                .hasMessage("At most one must observe the statements of the DataSource \"" + mount.key()
                        + "\" at a time, but one does already. Close that one first.");
        recorder.close();
        recorder.close();
        transaction(add(1, 1), add(1, 2));
        assertThatThrownBy(recorder::inversions)
                .isInstanceOf(ChaosException.class)
                .hasMessage("The recorder of lock orders must be open to be asked, but is closed. Ask it before.");
    }

    @Test
    void oneWhoseSessionHasEndedDoesNotSayThatAllIsWell() throws SQLException {
        recorder.close();
        PGSimpleDataSource named = admin();
        named.setApplicationName(schema);
        try (WireMount other = WireMount.twinOf("order");
                LockOrderRecorder ended = LockOrderRecorder.watch(scope, other, named);
                Connection superuser = admin().getConnection()) {
            ended.assertNoInversion();
            run(
                    superuser,
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = '" + schema
                            + "'");
            assertThatThrownBy(ended::assertNoInversion)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The recorder of lock orders must have seen all to say that they are right, but its "
                            + "session has ended. Leave its session alone, and watch fewer transactions at a time.");
        }
    }

    @Test
    void withoutTheExtensionRowsAreNotSeenAndThatIsSaid() throws SQLException {
        recorder.close();
        WireMount other = WireMount.twinOf("order");
        LockOrderRecorder blind = LockOrderRecorder.watch(scope, other, source());

        assertThat(blind.seesRows()).isFalse();
        List<String> notes =
                scope.ledger().entries().stream().map(Object::toString).toList();
        assertThat(notes.get(0)).endsWith("noted: watches the order of locks of " + mount);
        assertThat(notes.get(1)).endsWith("noted: watches the order of locks of " + other + ", rows not among them");
        other.close();
    }
}
