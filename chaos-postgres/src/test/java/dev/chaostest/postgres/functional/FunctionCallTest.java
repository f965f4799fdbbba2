// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** Large objects, which the driver reaches by function calls. */
@Timeout(120)
class FunctionCallTest {

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    @Test
    void everyFunctionCallIsOneHit() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm()) {
            connection.setAutoCommit(false);
            LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            long id = objects.createLO();
            try (LargeObject object = objects.open(id)) {
                object.write(new byte[] {1, 2, 3});
                object.seek(0);
                assertThat(object.read(3)).containsExactly(1, 2, 3);
            }
            objects.delete(id);
            connection.rollback();
            for (String function : new String[] {"lo_creat", "lo_open", "lowrite", "loread", "lo_close", "lo_unlink"}) {
                assertThat(armed.hits("function " + function)).as(function).isEqualTo(1);
            }
        }
    }

    /** Where the session ends, the driver drops the server's last word and says that the connection was lost. */
    @ParameterizedTest
    @CsvSource({"40001,40001,true", "57014,57014,true", "57P01,08006,false", "53100,53100,true"})
    void functionCallFails(String state, String thrown, boolean lives) throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("lowrite", ServerError.of(state)))) {
            connection.setAutoCommit(false);
            LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            LargeObject object = objects.open(objects.createLO());
            assertThatThrownBy(() -> object.write(new byte[] {1}))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(thrown));
            if (lives) {
                connection.rollback();
            }
            assertThat(connection.isValid(30)).isEqualTo(lives);
            assertThat(armed.answers()).containsExactly(state);
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void connectionIsLostAtAFunctionCall(When when) throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("lo_creat", new Cut(when)))) {
            connection.setAutoCommit(false);
            LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            assertThatThrownBy(objects::createLO).isInstanceOf(SQLException.class);
            assertThat(connection.isValid(1)).isFalse();
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void functionCallIsLate(When when) throws SQLException {
        Duration length = Duration.ofMillis(150);
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("lo_creat", new Delay(length, length, when)))) {
            connection.setAutoCommit(false);
            LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            long begin = System.nanoTime();
            objects.delete(objects.createLO());
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(length, Background.SOON);
            connection.commit();
            assertThat(armed.answers()).containsExactly("after 150ms");
        }
    }

    private static Rule at(String function, Fault fault) {
        return Rule.of(SqlTarget.matching("function " + function + "$"), Trigger.nth(1), fault);
    }
}
