// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {

    private static final Plan PLAN =
            Plan.of(new Seed(77), Rule.of(Target.seam("sql"), Trigger.nth(1), new Cut(When.AFTER)));
    private static final Token TOKEN = Token.of(new Seed(77), "TransferTest#isRetried", PLAN);

    @ParameterizedTest
    @ValueSource(longs = {0, 77, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void isReadAsItIsPrinted(long seed) {
        Token token = Token.of(new Seed(seed), "TransferTest#isRetried", PLAN);

        assertThat(Token.parse(token.toString())).isEqualTo(token);
        assertThat(Token.parse(" " + token + "\n")).isEqualTo(token);
    }

    @Test
    void isOneShortLineWithoutCharactersThatAShellMinds() {
        assertThat(TOKEN.toString()).matches("c1:[A-Za-z0-9_-]{27}");
    }

    @Test
    void isTheSameInEveryVersion() {
        assertThat(new Token(new Seed(77), 1, 2)).hasToString(GOLDEN);
    }

    @Test
    void knowsItsTestAndItsPlan() {
        assertThat(TOKEN.isOf("TransferTest#isRetried")).isTrue();
        assertThat(TOKEN.isOf("TransferTest#isNotRetried")).isFalse();
        assertThat(TOKEN.plan()).isEqualTo(PLAN.fingerprint());
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'it does not begin with \"c1:\"'",
        "77, 'it does not begin with \"c1:\"'",
        "c2:AAAA, 'it does not begin with \"c1:\"'",
        "c1:, 'its length is wrong'",
        "c1:AAAA, 'its length is wrong'",
        "c1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, 'its length is wrong'",
        "c1:AAAA AAAA, 'it holds a character that no token has'",
        "c1:AAAAAAAAAAAAAAAAAAAAAAAAA$A, 'it holds a character that no token has'",
        "c1:AAAAAAAAAAAAAAAAAAAAAAAAAAA, 'its checksum is wrong'"
    })
    void saysWhatIsWrongWithAText(String text, String why) {
        assertThatThrownBy(() -> Token.parse(text))
                .isInstanceOf(ChaosException.class)
                .hasMessage("chaos.replay must be a token as a failed test printed it, but was \"" + text + "\" (" + why
                        + "). Copy the whole token, from \"c1:\" on.");
    }

    @Test
    void everySlipOfOneLetterIsNoticed() {
        String text = TOKEN.toString();
        for (int i = 3; i < text.length() - 1; i++) {
            char slip = text.charAt(i) == 'A' ? 'B' : 'A';
            String mistyped = text.substring(0, i) + slip + text.substring(i + 1);

            assertThatThrownBy(() -> Token.parse(mistyped)).hasMessageContaining("its checksum is wrong");
        }
    }

    private static final String GOLDEN = "c1:AAAAAAAAAE0AAAABAAAAAhAI55k";
}
