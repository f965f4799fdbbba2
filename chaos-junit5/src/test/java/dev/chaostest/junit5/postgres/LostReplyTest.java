// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The worked proof: who tries again after any error pays twice when the reply of a COMMIT is lost. */
class LostReplyTest {

    private static final Pattern RERUN =
            Pattern.compile("transaction (\\d+) COMMITTED; the client saw 08006 and ran it again as (\\d+)");
    private static final Pattern KEPT = Pattern.compile("^ +(kept|psql|jdbc|drop) +:");

    /** Without what is another in each run. */
    private static String masked(String line) {
        return line.replaceFirst("(?<=seed     : |chaos.replay=|evidence : ).*", "#")
                .replaceAll("(?<=transaction |again as |insert:)\\d+", "#");
    }

    /** A service that tries again whatever happened, and its idempotent twin. */
    private interface Payments {
        String INSERT = "INSERT INTO payment VALUES (?, ?, ?) ON CONFLICT (request) DO NOTHING";

        String request();

        default void pay(DataSource bank, int customer, int amount) throws SQLException {
            try {
                insert(bank, customer, amount, request());
            } catch (SQLException tryAgain) {
                insert(bank, customer, amount, request());
            }
        }

        private static void insert(DataSource bank, int customer, int amount, String request) throws SQLException {
            try (Connection connection = bank.getConnection();
                    PreparedStatement insert = connection.prepareStatement(INSERT)) {
                connection.setAutoCommit(false);
                insert.setInt(1, customer);
                insert.setInt(2, amount);
                insert.setString(3, request);
                insert.executeUpdate();
                connection.commit();
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("payment.sql")
    @Tag(ChaosTags.TRANSACTION)
    static class CarelessTestCases {

        @ChaosTest
        @ChaosCommit(CommitFault.REPLY_LOST)
        void paysOnce(DataSource bank) throws SQLException {
            Payments payments = () -> UUID.randomUUID().toString();
            payments.pay(bank, 1, 100);
            assertThat(Bank.ask(bank, "SELECT sum(amount) FROM payment")).isEqualTo("100");
        }
    }

    @PostgresTest
    @IsolatedSchema("payment.sql")
    @Tag(ChaosTags.TRANSACTION)
    static class IdempotentTestCases {

        @ChaosTest
        @ChaosCommit(CommitFault.REPLY_LOST)
        void paysOnce(DataSource bank) throws SQLException {
            String request = UUID.randomUUID().toString();
            Payments payments = () -> request;
            payments.pay(bank, 1, 100);
            assertThat(Bank.ask(bank, "SELECT sum(amount) FROM payment")).isEqualTo("100");
        }
    }

    @Test
    void serviceThatPaysTwiceIsToldOfBothTransactions() {
        String message = Inner.run(CarelessTestCases.class).message();

        Matcher numbers = RERUN.matcher(message);
        assertThat(numbers.find()).isTrue();
        assertThat(Long.parseLong(numbers.group(2))).isGreaterThan(Long.parseLong(numbers.group(1)));
        assertThat(message.lines().filter(line -> !KEPT.matcher(line).find()).map(LostReplyTest::masked))
                .containsExactly(
                        "LostReplyTest$CarelessTestCases.paysOnce: expected: \"100\"",
                        " but was: \"200\"",
                        "  fault    : connection lost after the effect (the reply was cut)",
                        "  site     : sql:COMMIT, 1st on lane connection-1, from LostReplyTest$Payments.insert:#",
                        "  came back: connection lost",
                        "  truth    : transaction # COMMITTED; the client saw 08006 and ran it again as #",
                        "  seed     : #",
                        "  replay   : mvn test -Dtest='LostReplyTest$CarelessTestCases#paysOnce' -Dchaos.replay=#",
                        "  not fixed: which work runs on which lane, when several lanes run",
                        "  evidence : #");
    }

    @Test
    void idempotentTwinIsGreen() {
        assertThat(Inner.run(IdempotentTestCases.class).succeeded()).isEqualTo(1);
    }
}
