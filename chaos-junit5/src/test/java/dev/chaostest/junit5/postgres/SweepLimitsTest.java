// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.Inner;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What a sweep can't look at is told, and what is none of the test's doing does not count. */
class SweepLimitsTest {

    @Test
    void whatPoolsAndDriversDoByThemselvesDoesNotMakeTwoRoundsDiffer() {
        LooksWhetherItLivesTestCases.ROUNDS.set(0);

        assertThat(Inner.run(LooksWhetherItLivesTestCases.class).message())
                .contains("\n  again    : the same in 2 of 2 rounds\n");
    }

    @Test
    void theSecondCleanRoundHasOtherSessionsSoThatWhatTellsThemApartDoesNotCount() {
        Inner inner = Inner.run(WritesItsBackendTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.published("chaos.sweep")).singleElement().asString().doesNotContain("not compared");
    }

    @Test
    void thatATestChangesDefinitionsIsToldByTheVerdict() {
        Inner inner = Inner.run(DefinesTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.published("chaos.sweep"))
                .singleElement()
                .asString()
                .contains("\nremark     : tables were not compared, since the test changes definitions");
    }

    @Test
    void thatCleanRoundsDifferIsToldByTheVerdict() {
        DiffersTestCases.ROUNDS.set(0);

        assertThat(Inner.run(DiffersTestCases.class).published("chaos.sweep"))
                .singleElement()
                .asString()
                .contains("\nremark     : tables were not compared, since two rounds without faults changed different"
                        + " rows");
    }

    @Test
    void thatATestHasNoTablesOfItsOwnIsToldByTheVerdict() {
        assertThat(Inner.run(NothingOfItsOwnTestCases.class).published("chaos.sweep"))
                .singleElement()
                .asString()
                .contains("\nremark     : tables were not compared, since the test has none of its own; use"
                        + " @IsolatedSchema or @IsolatedDatabase");
    }

    @Test
    void whoChangesDefinitionsOnlyUnderAFaultIsRed() {
        assertThat(Inner.run(DefinesUnderAFaultTestCases.class).message())
                .contains(
                        "\n  state    : expected the tables to be defined as the clean round left them, found them changed\n");
    }

    @Test
    void whatWasWrongTheFirstTimeIsToldWhereItIsNotTheSecondTime() {
        WrongOnceTestCases.ROUNDS.set(0);

        assertThat(Inner.run(WrongOnceTestCases.class).message())
                .contains("broke it once, but not when it was tried again")
                .containsPattern("First red \\(57014 on UPDATE account at .* broke it; state: expected all that the clean"
                        + " round changed, since the test returned normally, found more than that\\), with ");
    }

    private static void execute(DataSource bank, String sql) throws SQLException {
        try (Connection connection = bank.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class LooksWhetherItLivesTestCases {
        static final AtomicInteger ROUNDS = new AtomicInteger();

        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                boolean isLast = ROUNDS.incrementAndGet() == 4;
                assertThat(!isLast || connection.isValid(5)).isTrue();
                Bank.ask(connection, "SELECT balance FROM account WHERE id = 1");
            } catch (SQLException e) {
                throw new AssertionError("no balance", e);
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class WritesItsBackendTestCases {
        @ChaosSweep(faults = {"connection lost", "40P01"})
        void sweeps(HikariDataSource bank) throws SQLException {
            for (int attempt = 1; attempt <= 2; attempt++) {
                try {
                    execute(bank, "INSERT INTO account VALUES (3, pg_backend_pid()) ON CONFLICT DO NOTHING");
                    return;
                } catch (SQLException e) {
                    if (attempt == 2) {
                        throw e;
                    }
                }
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class DefinesTestCases {
        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            execute(bank, "CREATE TABLE new_one (id int)");
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class DiffersTestCases {
        static final AtomicInteger ROUNDS = new AtomicInteger();

        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            int more = ROUNDS.incrementAndGet() % 2;
            execute(bank, "INSERT INTO account SELECT n, 0 FROM generate_series(3, 3 + " + more + ") n");
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class WrongOnceTestCases {
        static final AtomicInteger ROUNDS = new AtomicInteger();

        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            int round = ROUNDS.incrementAndGet();
            try {
                execute(bank, "UPDATE account SET balance = 1 WHERE id = 1");
            } catch (SQLException e) {
                execute(bank, "UPDATE account SET balance = 1 WHERE id = 1");
            }
            if (round == 3) {
                execute(bank, "INSERT INTO account VALUES (9, 9)");
            }
        }
    }

    @PostgresTest
    static class NothingOfItsOwnTestCases {
        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            execute(bank, "SELECT 1");
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class DefinesUnderAFaultTestCases {
        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            try {
                execute(bank, "UPDATE account SET balance = balance + 1");
            } catch (SQLException e) {
                execute(bank, "CREATE TABLE failed (id int)");
            }
        }
    }
}
