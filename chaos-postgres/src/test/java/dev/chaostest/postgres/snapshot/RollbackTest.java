// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollbackTest {

    private final TestBank bank = new TestBank(
            "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0))",
            "CREATE TABLE entry (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text UNIQUE)",
            "INSERT INTO account VALUES (1, 100), (2, 0)");
    private final SchemaSnapshots snapshots = bank.snapshots();

    @AfterEach
    void close() {
        snapshots.close();
        bank.close();
    }

    /** What a service does, with its own connection. */
    @FunctionalInterface
    private interface Service {
        void run(Connection connection, Statement statement) throws SQLException;
    }

    private Rollback.Work work(Service service) {
        return () -> {
            try (Connection connection = bank.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                service.run(connection, statement);
            }
        };
    }

    private static void transfer(Statement statement) throws SQLException {
        statement.execute("INSERT INTO entry (note) VALUES ('transfer')");
        statement.execute("UPDATE account SET balance = balance + 500 WHERE id = 2");
        statement.execute("UPDATE account SET balance = balance - 500 WHERE id = 1");
    }

    @Test
    void workThatIsRolledBackIsGreenAndTheSequenceIsTold() {
        Rollback rollback = Rollback.expect("23514", snapshots, work((connection, statement) -> {
            connection.setAutoCommit(false);
            transfer(statement);
        }));
        assertThat(rollback.failure().state().orElseThrow()).hasToString("23514");
        assertThat(rollback.sequences())
                .extracting(SchemaDiff.Difference::toString)
                .containsExactly("entry_id_seq: 1 (not handed out) -> 1");
    }

    @Test
    void aWrappedFailureIsFound() {
        Rollback.Work work = work((connection, statement) -> {
            connection.setAutoCommit(false);
            transfer(statement);
        });
        Rollback.expect("23514", snapshots, () -> {
            try {
                work.run();
            } catch (SQLException e) {
                throw new IllegalStateException("the service failed", e);
            }
        });
    }

    @Test
    void workThatDoesNotFailIsRed() {
        assertThatThrownBy(() -> Rollback.expect(
                        "23514",
                        snapshots,
                        work((connection, statement) ->
                                statement.execute("UPDATE account SET balance = 1 WHERE id = 1"))))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                    The work must fail with SQLSTATE 23514 and leave nothing, but it did not fail.
                      table account: 1 row changed (2 before, 2 after)
                        changed : id=1  balance: 100 -> 1\
                    """);
    }

    @Test
    void workThatFailsWithAnotherStateIsRed() {
        assertThatThrownBy(() -> Rollback.expect(
                        "23514", snapshots, work((connection, statement) -> statement.execute("SELECT 1/0"))))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(
                        "The work must fail with SQLSTATE 23514 and leave nothing, but it failed with 22012: ")
                .hasCauseInstanceOf(SQLException.class);
    }

    @Test
    void workThatFailsOutsideOfTheDatabaseIsRed() {
        assertThatThrownBy(() -> Rollback.expect("23514", snapshots, () -> {
                    throw new IllegalStateException("no bean");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessage("The work must fail with SQLSTATE 23514 and leave nothing, but it failed with no SQLSTATE: "
                        + "java.lang.IllegalStateException: no bean.")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFailureThatIsOnlySuppressedIsNotTheOne() {
        assertThatThrownBy(() -> Rollback.expect("23514", snapshots, () -> {
                    IllegalStateException failure = new IllegalStateException("no bean");
                    failure.addSuppressed(new SQLException("check", "23514"));
                    throw failure;
                }))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void workThatCommitsAPartBeforeItFailsIsRedWithTheRows() {
        assertThatThrownBy(
                        () -> Rollback.expect("23514", snapshots, work((connection, statement) -> transfer(statement))))
                .isInstanceOf(AssertionError.class)
                .hasMessage("The work must fail with SQLSTATE 23514 and leave nothing, but it failed so and left"
                        + " something.\n"
                        + "  table account: 1 row changed (2 before, 2 after)\n"
                        + "    changed : id=2  balance: 0 -> 500\n"
                        + "  table entry: 1 row added (0 before, 1 after)\n"
                        + "    added   : id=1  note: \"transfer\"");
    }

    @Test
    void aSwallowedFailureWhoseCommitIsARollbackIsRed() {
        assertThatThrownBy(() -> Rollback.expect("23514", snapshots, work((connection, statement) -> {
                    connection.setAutoCommit(false);
                    try {
                        transfer(statement);
                    } catch (SQLException swallowed) {
                        connection.commit(); // answered by ROLLBACK, and silent
                    }
                })))
                .isInstanceOf(AssertionError.class)
                .hasMessage("The work must fail with SQLSTATE 23514 and leave nothing, but it did not fail. Nothing is"
                        + " different either: look whether it swallows the failure, since a COMMIT of a failed"
                        + " transaction is a ROLLBACK, and the driver does not say so.");
    }

    @Test
    void aFailureBehindASavepointThatIsCommittedIsRed() {
        assertThatThrownBy(() -> Rollback.expect("23514", snapshots, work((connection, statement) -> {
                    connection.setAutoCommit(false);
                    statement.execute("INSERT INTO entry (note) VALUES ('kept')");
                    var savepoint = connection.setSavepoint();
                    try {
                        transfer(statement);
                    } catch (SQLException e) {
                        connection.rollback(savepoint);
                        connection.commit();
                        throw e;
                    }
                })))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("  table entry: 1 row added (0 before, 1 after)");
    }

    @Test
    void aTransactionThatIsLeftOpenIsRed() throws Exception {
        try (Connection open = bank.dataSource().getConnection();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            assertThatThrownBy(() -> Rollback.expect("22012", snapshots, Duration.ofMillis(50), () -> {
                        statement.execute("UPDATE account SET balance = 7 WHERE id = 1");
                        work((connection, other) -> other.execute("SELECT 1/0")).run();
                    }))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("but it failed so and left something.\n  open    : pid ")
                    .hasMessageEndingWith("idle in transaction). End the transaction in the work.");
            open.rollback();
        }
    }

    /** Nobody else sees the table yet; that something is being made in the schema can be seen. */
    @ParameterizedTest
    @ValueSource(strings = {"CREATE TABLE made (id int)", "CREATE INDEX made ON account (balance)"})
    void aDefinitionThatIsLeftOpenIsRed(String definition) throws Exception {
        try (Connection open = bank.dataSource().getConnection();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            assertThatThrownBy(() -> Rollback.expect("22012", snapshots, Duration.ofMillis(50), () -> {
                        statement.execute(definition);
                        work((connection, other) -> other.execute("SELECT 1/0")).run();
                    }))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageEndingWith("idle in transaction). End the transaction in the work.");
            open.rollback();
        }
    }

    @Test
    void aTransactionThatWasOpenBeforeIsSomebodyElses() throws Exception {
        try (Connection other = bank.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("INSERT INTO entry (note) VALUES ('elsewhere')");
            Rollback.expect("22012", snapshots, work((connection, failing) -> failing.execute("SELECT 1/0")));
            other.rollback();
        }
    }

    @Test
    void aStateThatIsNoneIsRefusedBeforeAnythingRuns() {
        assertThatThrownBy(() -> Rollback.expect("abc", snapshots, () -> {
                    throw new AssertionError("must not run");
                }))
                .isInstanceOf(ChaosException.class)
                .hasMessage("sqlState must be five characters out of 0-9 and A-Z, but was \"abc\". Use for example "
                        + "\"40001\" (serialization failure).");
    }
}
