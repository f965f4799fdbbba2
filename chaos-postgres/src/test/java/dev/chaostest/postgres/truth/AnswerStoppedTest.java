// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.DropRest;
import dev.chaostest.postgres.wire.message.Swallow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server has answered a COMMIT, and a message of that answer never comes to its client. */
@Timeout(120)
class AnswerStoppedTest {

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

    static Stream<Arguments> stopped() {
        return Stream.of(
                Arguments.of("ReadyForQuery", new Swallow()),
                Arguments.of("ReadyForQuery", DropRest.fromIt()),
                Arguments.of("ReadyForQuery", new Hang(When.BEFORE)),
                Arguments.of("CommandComplete", DropRest.fromIt()),
                Arguments.of("CommandComplete", DropRest.behindIt()),
                Arguments.of("CommandComplete", new Hang(When.BEFORE)),
                Arguments.of("CommandComplete", new Hang(When.AFTER)));
    }

    @ParameterizedTest
    @MethodSource("stopped")
    void aClientThatGivesUpHasNotHeardIt(String message, Fault fault) throws SQLException {
        try (Connection connection = bank.connect("socketTimeout", "1");
                var armed = bank.arm()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            armed.round().add(Rule.of(WireTarget.message(message), Trigger.nth(1), fault));
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(armed.fired()).hasSize(1);
            TransactionOutcome outcome = bank.only();
            assertThat(outcome.fate()).isEqualTo(Fate.COMMITTED);
            assertThat(outcome.belief()).isEqualTo(Belief.FAILED);
            assertThat(outcome.isGhost()).isTrue();
        }
    }

    /** No time-out of its own: the connection is ended, since nothing else would end the wait. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientWithoutHopeHasNotHeardIt(boolean message) throws SQLException {
        Target commit = message ? WireTarget.message("CommandComplete") : SqlTarget.on("COMMIT");
        try (Connection connection = bank.connect("socketTimeout", "0");
                var armed = bank.arm()) {
            armed.round().patience(Duration.ofMillis(50));
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            armed.round().add(Rule.of(commit, Trigger.nth(1), new Hang(message ? When.BEFORE : When.AFTER)));
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(bank.only().isGhost()).isTrue();
        }
    }

    @Test
    void aClientThatWaitsHasHeardIt() throws SQLException {
        Rule late = Rule.of(WireTarget.message("ReadyForQuery"), Trigger.nth(1), Delay.of(Duration.ofMillis(20)));
        try (Connection connection = bank.connect();
                var armed = bank.arm()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            armed.round().add(late);
            connection.commit();
            assertThat(armed.answers()).containsExactly("after 20ms");
            connection.close();
            assertThat(bank.truth().outcomes()).noneMatch(TransactionOutcome::isGhost);
        }
    }
}
