// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.integrity.Finding;
import dev.chaostest.postgres.integrity.Integrity;
import dev.chaostest.postgres.integrity.Invariant;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.writes.Writes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.postgresql.ds.PGSimpleDataSource;

@PostgresTest
class OraclesTest {

    private static final String OURS_ONLY = "the log is read on servers that this library starts only";

    @RepeatedTest(6)
    @DisabledIfEnvironmentVariable(named = "CHAOS_JDBC_URL", matches = ".+", disabledReason = OURS_ONLY)
    @IsolatedSchema("bank.sql")
    void testsInParallelSeeWhatTheyWroteThemselves(DataSource bank, Writes writes) throws SQLException {
        for (int i = 0; i < 5; i++) {
            Bank.add(bank, 1, 1);
        }
        assertThat(writes.transactions()).hasSize(5).allMatch(each -> each.count("account") == 1);
    }

    @ChaosTest
    @Tag(ChaosTags.TRANSACTION)
    @DisabledIfEnvironmentVariable(named = "CHAOS_JDBC_URL", matches = ".+", disabledReason = OURS_ONLY)
    @IsolatedSchema("bank.sql")
    @ChaosFailure(sqlState = "40001", on = "UPDATE account", nth = 2)
    void aTransferThatFailsHalfWayLeavesNothing(DataSource bank, Writes writes, Integrity integrity)
            throws SQLException {
        integrity.remember(Invariant.of("money", "SELECT sum(balance) FROM account"));
        assertThatThrownBy(() -> transfer(bank))
                .isInstanceOf(SQLException.class)
                .extracting(e -> ((SQLException) e).getSQLState())
                .isEqualTo("40001");
        writes.assertNothing();
        transfer(bank);
        writes.assertAllOrNothing();
        integrity.assertRemembered();
        integrity.check().assertSound();
    }

    private static void transfer(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            Bank.add(connection, 1, -100);
            Bank.add(connection, 2, 100);
            connection.commit();
        }
    }

    @Test
    @DisabledIfEnvironmentVariable(named = "CHAOS_JDBC_URL", matches = ".+", disabledReason = OURS_ONLY)
    void aRedTestSaysWhatItWrote() {
        assertThat(Inner.run(RedTestCases.class).message())
                .containsPattern("wrote    : transaction \\d+ at 20\\S+Z\n"
                        + "  +UPDATE \\S+\\.account \\[id=1\\] \\[id=1, balance=1007\\]");
    }

    @PostgresTest
    @Tag(ChaosTags.INTEGRITY)
    static class RedTestCases {
        @ChaosTest
        @IsolatedSchema("bank.sql")
        void isRed(DataSource bank, Writes writes) throws SQLException {
            Bank.add(bank, 1, 7);
            writes.assertNothing();
        }
    }

    @Test
    @OwnServer
    @DisabledIfEnvironmentVariable(named = "CHAOS_JDBC_URL", matches = ".+", disabledReason = OURS_ONLY)
    void onAServerOfItsOwnATestSeesAllThatIsWrittenThere(DataSource bank, Writes writes) throws SQLException {
        try (Connection connection = bank.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE public.account (id int); INSERT INTO public.account VALUES (1)");
        }
        assertThat(writes.wrote()).hasSize(1);
    }

    @RepeatedTest(3)
    @IsolatedDatabase("bank.sql")
    @DisabledIfEnvironmentVariable(named = "CHAOS_JDBC_URL", matches = ".+", disabledReason = OURS_ONLY)
    void inADatabaseOfItsOwnATestSeesOnlyWhatIsWrittenThere(DataSource bank, Writes writes, Integrity integrity)
            throws SQLException {
        Bank.add(bank, 1, 5);
        assertThat(writes.wrote())
                .extracting(Object::toString)
                .containsExactly("UPDATE public.account [id=1] [id=1, balance=1005]");
        integrity.check().assertSound();
    }

    @Test
    @IsolatedSchema("bank.sql")
    void brokenDataAreFound(DataSource bank, Integrity integrity, TestSchema schema) throws SQLException {
        integrity.check().assertSound();
        try (Connection connection = bank.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE account ADD CONSTRAINT poor CHECK (balance < 10) NOT VALID");
        }
        assertThat(integrity.check().findings(Finding.Violations.class))
                .singleElement()
                .satisfies(found -> assertThat(found.rows().count()).isEqualTo(2));
        assertThat(integrity).hasToString("integrity of schema " + schema.name());
    }

    @Test
    void withoutASchemaOfItsOwnItIsTheDefaultOne(Integrity integrity) {
        assertThat(integrity).hasToString("integrity of schema public");
    }

    @Test
    void aServerOfTheUsersIsRefused(Postgres shared) {
        HandedOverTestCases.source.setUrl(shared.jdbcUrl());
        HandedOverTestCases.source.setUser("postgres");
        assertThat(Inner.run(HandedOverTestCases.class).message())
                .contains(
                        "A Writes parameter of HandedOverTestCases must have a server that this library started, but the "
                                + "class hands over a DataSource. Remove from, or open "
                                + "WriteLog.openOnServerOfYours(dataSource) in the test.");
        assertThat(Inner.run(RedTestCases.class, Map.of("chaos.jdbc.url", shared.jdbcUrl() + "&user=postgres"))
                        .message())
                .contains("What a test wrote must be read on a server that this library started, but ");
    }

    @PostgresTest(from = "source")
    @Tag(ChaosTags.INTEGRITY)
    static class HandedOverTestCases {
        static final PGSimpleDataSource source = new PGSimpleDataSource();

        @ChaosTest
        void isRefused(Writes writes) {
            writes.assertNothing();
        }
    }
}
