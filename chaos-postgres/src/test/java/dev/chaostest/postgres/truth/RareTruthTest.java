// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.CorruptByte;
import dev.chaostest.postgres.wire.message.Slice;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** What is easily taken for something else: a notification for reading, a procedure for one transaction, COPY for writing. */
@Timeout(60)
class RareTruthTest {

    private static final String UPDATE = "UPDATE account SET balance = 5 WHERE id = 1";

    private TruthFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new TruthFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    private static Rule at(Target target, Fault fault) {
        return Rule.of(target, Trigger.nth(1), fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void commitThatIsNeverSentIsToldOfThoughOnlyFunctionsWrote(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(CommitLost.first(CommitLost.neverSent()))) {
            connection.setAutoCommit(false);
            connection.unwrap(PGConnection.class).getLargeObjectAPI().createLO();
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(bank.only().fate()).isEqualTo(Fate.ABORTED);
            assertThat(bank.only().reason()).isEqualTo("no COMMIT of it reached the server");
            assertThat(armed.fired()).hasSize(1);
        }
    }

    /** psql and others send such strings; the answer to each statement in it counts. */
    @ParameterizedTest
    @CsvSource({
        "COMMIT; SELECT 1, true",
        ";COMMIT, true",
        "SELECT 1; ROLLBACK, false",
        "ROLLBACK; BEGIN; SELECT 1; COMMIT, false"
    })
    void commitAmongOthersIsAnsweredByRollbackToo(String string, boolean lost) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", "simple");
                var armed = bank.arm()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            if (!string.startsWith("SELECT")) {
                TruthFixture.assertState(
                        () -> WireTestServer.run(connection, "INSERT INTO account VALUES (1, 1)"), "23505");
            }
            WireTestServer.run(connection, string);
            assertThat(bank.truth().lost()).hasSize(lost ? 1 : 0);
            assertThat(bank.truth().outcomes()).hasSize(lost ? 1 : 0);
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"extended, true", "extended, false", "simple, true", "simple, false"})
    void commitAndChainIsACommit(String mode, boolean failed) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            if (failed) {
                TruthFixture.assertState(
                        () -> WireTestServer.run(connection, "INSERT INTO account VALUES (1, 1)"), "23505");
                WireTestServer.run(connection, "COMMIT AND CHAIN");
                assertThat(bank.truth().lost()).hasSize(1);
            } else {
                String number = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
                armed.round().add(at(SqlTarget.matching("COMMIT AND CHAIN"), new Cut(When.AFTER)));
                TruthFixture.assertState(() -> WireTestServer.run(connection, "COMMIT AND CHAIN"), "08006");
                assertThat(bank.only().toString())
                        .isEqualTo("transaction " + number + " COMMITTED; the client saw 08006");
            }
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    /** Its first part is committed for good, whatever becomes of the second. */
    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void procedureThatCommitsIsNotAborted(String mode) throws Exception {
        try (Connection holder = WireTestServer.direct();
                Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm()) {
            WireTestServer.run(
                    holder,
                    "CREATE PROCEDURE " + bank.schema() + ".pay(k bigint) LANGUAGE plpgsql AS $$BEGIN"
                            + " INSERT INTO account VALUES (77, 1); COMMIT; INSERT INTO account VALUES (78, 1);"
                            + " PERFORM pg_advisory_xact_lock(k); END$$");
            long key = holder.unwrap(PGConnection.class).getBackendPID();
            WireTestServer.run(holder, "SELECT pg_advisory_lock(" + key + ")");
            int pid = connection.unwrap(PGConnection.class).getBackendPID();
            try (var waiting = Waiting.run(connection, "CALL pay(" + key + ")")) {
                waiting.awaitBlocked(pid);
                connection.abort(Runnable::run);
                waiting.awaitEnd();
            }
            assertThat(TruthFixture.only(bank.truth().resolve(Duration.ZERO)).fate())
                    .isEqualTo(Fate.IN_PROGRESS);
            WireTestServer.run(holder, "SELECT pg_terminate_backend(" + pid + ")");
            assertThat(bank.only().fate()).isEqualTo(Fate.UNKNOWN);
            assertThat(bank.only().reason())
                    .isEqualTo("the last part of it is not committed; what it committed by itself before that,"
                            + " nobody can say");
            assertThat(armed.fired()).isEmpty();
        }
        assertThat(bank.balance(77)).isEqualTo(1);
    }

    @Test
    void copyThatWasNotFinishedIsNotCommitted() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at(WireTarget.message("CopyData from client"), new Cut(When.AFTER)))) {
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            TruthFixture.assertState(
                    () -> copies.copyIn("COPY account FROM STDIN", new StringReader("77\t1\n")), "08003");
            assertThat(bank.only().fate()).isEqualTo(Fate.ABORTED);
            assertThat(bank.only().reason()).isEqualTo("no COMMIT of it reached the server");
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @Test
    void copyToTheClientIsReading() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at(WireTarget.message("CopyDone from server"), new Cut(When.BEFORE)))) {
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            TruthFixture.assertState(() -> copies.copyOut("COPY account TO STDOUT", new StringWriter()), "08003");
            assertThat(bank.truth().outcomes()).isEmpty();
            assertThat(armed.fired()).hasSize(1);
        }
    }

    /** The query goes out with a question behind it, and what strikes it does so all the same. */
    @Test
    void aQueryIsStruckThoughItIsFollowed() throws SQLException {
        struck(new Cut(When.AFTER), "08006", "connection lost");
        struck(Delay.of(Duration.ofMillis(2)), "none", "after 2ms");
        struck(Slice.of(7), "none", "in pieces");
        struck(CorruptByte.ofLength(4), "08006", "one bit wrong");
    }

    private void struck(Fault fault, String state, String answer) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", "simple", "socketTimeout", "1");
                var armed = bank.arm(at(WireTarget.message("Query"), fault))) {
            ThrowingCallable update = () -> WireTestServer.run(connection, UPDATE);
            if (state.equals("none")) {
                WireTestServer.run(connection, UPDATE);
            } else {
                TruthFixture.assertState(update, state);
            }
            connection.close();
            assertThat(armed.answers()).containsExactly(answer);
            assertThat(armed.round().mismatches()).isEmpty();
        }
        bank.truth().forget();
    }
}
