// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.ledger.Token;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A red test prints a line; the line gives the same decisions again. */
class ReplayTest {

    private static final Pattern TOKEN = Pattern.compile("-Dchaos\\.replay=(c[12]:[A-Za-z0-9_-]+)");
    private static final Pattern DRAWN = Pattern.compile("drawn: ([.X]+)");

    @Test
    void theTokenGivesTheSameDecisionsOfItsRound() {
        List<String> first = messages(Map.of());

        assertThat(first.stream().map(ReplayTest::drawn).distinct()).hasSize(3);
        for (String message : first) {
            assertThat(run(Map.of("chaos.replay", token(message))))
                    .singleElement()
                    .satisfies(again -> {
                        assertThat(drawn(again)).isEqualTo(drawn(message));
                        assertThat(token(again)).isEqualTo(token(message));
                    });
        }
    }

    @Test
    void aTokenWithTheSeedOnlyGivesTheSameDecisionsInEveryRound() {
        List<String> first = messages(Map.of());
        Token whole = Token.parse(token(first.get(2)));
        Token seedOnly = new Token(whole.seed(), whole.test(), whole.plan());
        assertThat(seedOnly.toString()).startsWith("c1:");

        List<String> again = messages(Map.of("chaos.replay", seedOnly.toString()));

        assertThat(again.stream().map(ReplayTest::drawn).toList())
                .isEqualTo(first.stream().map(ReplayTest::drawn).toList());
    }

    @Test
    void anotherSeedGivesOtherDecisions() {
        assertThat(drawn(messages(Map.of("chaos.seed", "1")).get(0)))
                .isNotEqualTo(drawn(messages(Map.of("chaos.seed", "2")).get(0)));
    }

    @Test
    void aTokenOfAPlanThatHasChangedIsRefused() {
        String message = messages(Map.of()).get(0);
        Token token = Token.parse(token(message));
        Token changed = new Token(token.seed(), token.test(), token.plan() + 1);

        assertThat(messages(Map.of("chaos.replay", changed.toString())))
                .allSatisfy(refused -> assertThat(refused)
                        .isEqualTo(
                                "The plan of ReplayTest$DrawingTestCases.draws must be the one of the replay token, but "
                                        + "its annotations have changed since the token was printed. Go back to that version, or "
                                        + "run the new plan with the old seed: -Dchaos.seed=" + token.seed() + "."));
    }

    private static List<String> messages(Map<String, String> settings) {
        List<String> messages = run(settings);
        assertThat(messages).hasSize(3);
        return messages;
    }

    private static List<String> run(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("chaos.shrink", "0");
        return Inner.run(DrawingTestCases.class, all).failures().stream()
                .map(Throwable::getMessage)
                .toList();
    }

    private static String token(String message) {
        return group(TOKEN, message);
    }

    private static String drawn(String message) {
        return group(DRAWN, message);
    }

    private static String group(Pattern pattern, String message) {
        Matcher matcher = pattern.matcher(message);
        assertThat(matcher.find()).as(message).isTrue();
        return matcher.group(1);
    }

    @PostgresTest
    @Tag(ChaosTags.PROPERTY)
    static class DrawingTestCases {
        @ChaosTest(rounds = 3)
        @IsolatedSchema("bank.sql")
        @ChaosFailure(sqlState = "40001", on = "UPDATE account", probability = 0.5)
        void draws(DataSource bank) {
            StringBuilder drawn = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                drawn.append(isHit(bank) ? 'X' : '.');
            }
            throw new AssertionError("drawn: " + drawn);
        }

        private static boolean isHit(DataSource bank) {
            try {
                Bank.add(bank, 1, 1);
                return false;
            } catch (SQLException e) {
                assertThat(e.getSQLState()).isEqualTo("40001");
                return true;
            }
        }
    }
}
