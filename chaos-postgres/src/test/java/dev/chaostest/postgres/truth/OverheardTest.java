// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.CorruptByte;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A message of the answer is struck, and the server has said the rest of it all the same. */
@Timeout(60)
class OverheardTest {

    private static final String INSERT = "INSERT INTO account VALUES (77, 1) RETURNING id";

    private TruthFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new TruthFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    static Stream<Arguments> answers() {
        List<String> all = List.of("RowDescription", "DataRow", "CommandComplete");
        return Stream.of("extended", "simple", "extendedCacheEverything")
                .flatMap(mode -> all.stream()
                        .flatMap(message ->
                                Stream.of(When.values()).map(when -> Arguments.of(mode, message, new Cut(when)))));
    }

    /** A statement that commits by itself: its number is in the part of the answer that is cut off. */
    @ParameterizedTest
    @MethodSource("answers")
    void theNumberBehindTheCutIsKnown(String mode, String message, Fault cut) throws SQLException {
        TransactionOutcome outcome = struck(mode, message, cut);
        assertThat(outcome.number()).isPresent();
        assertThat(outcome.isGhost()).isTrue();
        assertThat(bank.balance(77)).isEqualTo(1);
    }

    static Stream<Arguments> wrongBytes() {
        return Stream.of("extended", "simple")
                .flatMap(mode -> Stream.of(
                        Arguments.of(mode, "ReadyForQuery", CorruptByte.ofType()),
                        Arguments.of(mode, "ReadyForQuery", CorruptByte.ofLength(4)),
                        Arguments.of(mode, "ReadyForQuery", CorruptByte.ofBody(0)),
                        Arguments.of(mode, "DataRow", CorruptByte.ofType())));
    }

    /** The driver gives up at what it does not understand, though all of the answer has gone on to it. */
    @ParameterizedTest
    @MethodSource("wrongBytes")
    void aClientThatDoesNotUnderstandHasNotHeardIt(String mode, String message, Fault wrong) throws SQLException {
        TransactionOutcome outcome = struck(mode, message, wrong);
        assertThat(outcome.isGhost()).isTrue();
        assertThat(bank.balance(77)).isEqualTo(1);
    }

    private TransactionOutcome struck(String mode, String message, Fault fault) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm()) {
            WireTestServer.read(connection, "SELECT 1");
            armed.round().add(Rule.of(WireTarget.message(message), Trigger.nth(1), fault));
            TruthFixture.assertState(() -> WireTestServer.run(connection, INSERT), "08006");
            assertThat(armed.fired()).hasSize(1);
            assertThat(armed.round().mismatches()).isEmpty();
            return bank.only();
        }
    }

    @Test
    void aClientThatUnderstandsHasHeardIt() throws SQLException {
        Rule wrong = Rule.of(WireTarget.message("CommandComplete"), Trigger.nth(1), CorruptByte.ofBody(1));
        try (Connection connection = bank.connect();
                var armed = bank.arm()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, "UPDATE account SET balance = 5 WHERE id = 1");
            armed.round().add(wrong);
            connection.commit();
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
            assertThat(armed.answers()).containsExactly("one bit wrong");
            connection.rollback();
            connection.close();
            assertThat(bank.truth().outcomes()).isEmpty();
        }
    }
}
