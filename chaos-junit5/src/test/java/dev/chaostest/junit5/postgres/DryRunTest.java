// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.plan.When;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** {@code chaos.dryRun}: the tests run for real, and nothing strikes. */
class DryRunTest {

    private static final Map<String, String> DRY = Map.of("chaos.dryRun", "true", "chaos.seed", "77");
    private static final Pattern WOULD = Pattern.compile("would strike (\\d+) of 40: ");

    @Test
    void itListsTheSitesAndWhatWouldHaveStruckThere() {
        Inner inner = Inner.run(PlannedTestCases.class, DRY);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.published("fired")).containsExactly("0");
        assertThat(inner.published("balances")).containsExactly("[1003, 1000]");
        assertThat(inner.published("chaos.dryRun")).containsExactly("""
                        Dry run of DryRunTest$PlannedTestCases.updatesThreeTimes with seed 77: nothing was injected.
                          seen    : sql:BEGIN (1 hit), on = "BEGIN"
                          seen    : sql:COMMIT (1 hit), on = "COMMIT"
                          seen    : sql:SELECT balance FROM account ORDER BY id (1 hit), on = "SELECT account"
                          seen    : sql:UPDATE account SET balance = balance + $1 WHERE id = $2 (3 hits), on = "UPDATE account"
                            would strike 1 of 3: delay of 0us to 5ms before the effect at UPDATE account, hit 3 and all later ones
                            would strike 2 of 3: server error 40001 at UPDATE account, the first 2 hits
                          seen    : wire:DataRow of SELECT balance FROM account ORDER BY id (2 hits), on = "SELECT account", operation = Operation.ROW
                          never   : connection lost after the effect (the reply was cut) at INSERT account, hit 1; nothing arrived there""");
    }

    @Test
    void withoutItTheSameFaultsStrike() {
        assertThat(Inner.run(PlannedTestCases.class, Map.of("chaos.dryRun", "false"))
                        .failures())
                .hasSize(1);
    }

    @PostgresTest
    @Tag(ChaosTags.TRANSACTION)
    static class PlannedTestCases {
        @ChaosTest
        @IsolatedSchema("bank.sql")
        @ChaosDelay(max = "5ms", on = "UPDATE account", nth = 3)
        @ChaosFailure(sqlState = "40001", on = "UPDATE account", times = 2)
        @ChaosCut(on = "INSERT account", strikes = When.AFTER)
        void updatesThreeTimes(Connection bank, ChaosScope scope, TestReporter reporter) throws SQLException {
            bank.setAutoCommit(false);
            for (int i = 0; i < 3; i++) {
                Bank.add(bank, 1, 1);
            }
            bank.commit();
            bank.setAutoCommit(true);
            reporter.publishEntry("balances", Bank.balances(bank).toString());
            reporter.publishEntry("fired", String.valueOf(scope.fired().size()));
        }
    }

    @Test
    void aDrawIsTheOneThatTheSeedGivesARealRun() {
        Inner real = Inner.run(DrawingTestCases.class, Map.of("chaos.seed", "5"));
        Inner dry = Inner.run(DrawingTestCases.class, Map.of("chaos.seed", "5", "chaos.dryRun", "true"));

        String text = dry.published("chaos.dryRun").get(0);
        Matcher would = WOULD.matcher(text);
        assertThat(would.find()).as(text).isTrue();
        assertThat(dry.published("struck")).containsExactly("0");
        assertThat(real.published("struck")).containsExactly(would.group(1));
        assertThat(real.published("chaos.dryRun")).isEmpty();
    }

    @Test
    void aReplayTokenGivesItsDecisionsToADryRun() {
        String red = Inner.run(RedTestCases.class, Map.of("chaos.seed", "5", "chaos.shrink", "0"))
                .message();
        Matcher token = Pattern.compile("-Dchaos\\.replay=(\\S+)").matcher(red);
        assertThat(token.find()).as(red).isTrue();

        Inner dry = Inner.run(RedTestCases.class, Map.of("chaos.replay", token.group(1), "chaos.dryRun", "true"));

        assertThat(dry.published("chaos.dryRun").get(0))
                .startsWith("Dry run of DryRunTest$RedTestCases.red with seed 5: nothing was injected.")
                .contains("would strike");
    }

    @Test
    void aRedTestOfADryRunSaysThatNothingWasInjectedAndWhatWasSeen() {
        Inner dry = Inner.run(RedTestCases.class, DRY);

        assertThat(dry.message())
                .contains("\n  dry run  : nothing was injected; without chaos.dryRun the faults strike\n");
        assertThat(dry.published("chaos.dryRun")).hasSize(1);
    }

    @Test
    void anotherValueThanTrueOrFalseIsRefused() {
        assertThat(Inner.run(RedTestCases.class, Map.of("chaos.dryRun", "yes")).message())
                .isEqualTo("chaos.dryRun must be true or false, but was \"yes\". Set it to true to see where the tests "
                        + "could be hit, and remove it to hit them.");
    }

    @PostgresTest
    @Tag(ChaosTags.PROPERTY)
    static class DrawingTestCases {
        @ChaosTest
        @IsolatedSchema("bank.sql")
        @ChaosFailure(sqlState = "40001", on = "UPDATE account", probability = 0.5)
        void draws(DataSource bank, TestReporter reporter) throws SQLException {
            int struck = 0;
            try (Connection connection = bank.getConnection()) {
                for (int i = 0; i < 40; i++) {
                    try {
                        Bank.add(connection, 1, 1);
                    } catch (SQLException e) {
                        assertThat(e.getSQLState()).isEqualTo("40001");
                        struck++;
                    }
                }
            }
            reporter.publishEntry("struck", String.valueOf(struck));
        }
    }

    @PostgresTest
    @Tag(ChaosTags.PROPERTY)
    static class RedTestCases {
        @ChaosTest
        @IsolatedSchema("bank.sql")
        @ChaosFailure(sqlState = "40001", on = "SELECT account", probability = 0.5, mayMiss = true)
        void red(Connection bank) {
            for (int i = 0; i < 10; i++) {
                try {
                    Bank.balances(bank);
                } catch (SQLException injected) {
                    assertThat(injected.getSQLState()).isEqualTo("40001");
                }
            }
            throw new AssertionError("red");
        }
    }
}
