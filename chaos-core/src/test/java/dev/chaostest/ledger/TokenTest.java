// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.FiredAt;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Script;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
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

    @ParameterizedTest
    @CsvSource({
        "'', 'it begins with neither \"c1:\" nor \"c2:\"'",
        "77, 'it begins with neither \"c1:\" nor \"c2:\"'",
        "c3:AAAA, 'it begins with neither \"c1:\" nor \"c2:\"'",
        "c2:AAAA, 'its length is wrong'",
        "c2:AAAAAAAAAAAAAAAAAAAAAAAAA$A, 'it holds a character that no token has'",
        "c2:AAAAAAAAAAAAAAAAAAAAAAAAAAA, 'its checksum is wrong'"
    })
    void saysWhatIsWrongWithATextOfTheSecondVersion(String text, String why) {
        assertThatThrownBy(() -> Token.parse(text))
                .isInstanceOf(ChaosException.class)
                .hasMessage("chaos.replay must be a token as a failed test printed it, but was \"" + text + "\" (" + why
                        + "). Copy the whole token, from \"c2:\" on.");
    }

    @Test
    void aBodyThatMakesNoSenseIsRefusedThoughItsChecksumIsRight() {
        for (int end = 1; end <= 30; end++) {
            byte[] body = new byte[16 + end];
            Arrays.fill(body, (byte) -1);
            CRC32 crc = new CRC32();
            crc.update(body);
            byte[] whole = ByteBuffer.allocate(body.length + Integer.BYTES)
                    .put(body)
                    .putInt((int) crc.getValue())
                    .array();
            String text = "c2:" + Base64.getUrlEncoder().withoutPadding().encodeToString(whole);

            assertThatThrownBy(() -> Token.parse(text))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageContaining("(what it holds makes no sense)");
        }
    }

    @Test
    void holdsWhereFaultsStruck() {
        Token token = Token.of(new Seed(77), "TransferTest#isRetried", PLAN, 3, scripted(12));

        assertThat(Token.parse(token.toString())).isEqualTo(token);
        assertThat(token.script()).contains(scripted(12));
        assertThat(token.isAbout(3)).isTrue();
        assertThat(token.isAbout(1)).isFalse();
        assertThat(token.toString()).as("one line to copy").matches("c2:[A-Za-z0-9_-]{63}");
    }

    @Test
    void holdsWhichVariantOfASweepItWas() {
        Token token = Token.ofVariant(new Seed(-1), "TransferTest#isSwept", 4711, -77);

        assertThat(Token.parse(token.toString())).isEqualTo(token);
        assertThat(token.variant()).hasValue(-77);
        assertThat(token.isAbout(5)).as("sweeps have no rounds").isTrue();
        assertThat(token.toString()).matches("c2:[A-Za-z0-9_-]{35}");
    }

    @Test
    void tellsAllOfARunFromAPartOfIt() {
        List<FiredAt> decisions = scripted(2).decisions();
        Token all = Token.of(new Seed(1), "T", PLAN, 1, Script.of(decisions));
        Token part = Token.of(new Seed(1), "T", PLAN, 1, Script.partly(decisions));

        assertThat(Token.parse(part.toString())).isEqualTo(part).isNotEqualTo(all);
    }

    @Test
    void decisionsOfManyRulesSitesAndLanesAreReadAsTheyArePrinted() {
        List<FiredAt> decisions = new ArrayList<>();
        for (int i = 0; i < Token.DECISIONS_MAX; i++) {
            Site site = new Site("sql", "UPDATE t" + i % 7);
            FiredAt at = FiredAt.of(i % 300, new Hit(site, new Lane("connection-" + i % 11), 1L + i * 1000L));
            decisions.add(i % 5 == 0 ? at.halved().halved() : at);
        }
        Token token = Token.of(new Seed(1), "T", PLAN, 100_000, Script.of(decisions));

        assertThat(Token.parse(token.toString())).isEqualTo(token);
        assertThat(token.toString().length()).as("still a line").isLessThan(4_500);
    }

    @Test
    void aRoundInWhichNothingStruckHasTheSeedOnly() {
        assertThat(Token.of(new Seed(77), "TransferTest#isRetried", PLAN, 3, Script.of(List.of())))
                .isEqualTo(TOKEN);
    }

    @Test
    void moreDecisionsThanItHoldsLeaveTheSeedOnly() {
        Script most = scripted(Token.DECISIONS_MAX);
        Script more = scripted(Token.DECISIONS_MAX + 1);

        assertThat(Token.holds(most)).isTrue();
        assertThat(Token.holds(more)).isFalse();
        assertThat(Token.of(new Seed(77), "TransferTest#isRetried", PLAN, 3, most)
                        .script())
                .contains(most);
        assertThat(Token.of(new Seed(77), "TransferTest#isRetried", PLAN, 3, more))
                .isEqualTo(TOKEN);
        assertThatThrownBy(() -> new Token(new Seed(1), 1, 1, 1, OptionalInt.empty(), Optional.of(more)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a token must have a round from 0 and at most 200 decisions, but had round 1 and 201. Leave "
                                + "the decisions out.");
    }

    private static Script scripted(int decisions) {
        return Script.of(IntStream.rangeClosed(1, decisions)
                .mapToObj(nth -> FiredAt.of(0, new Hit(new Site("sql", "COMMIT"), new Lane("app-1"), nth)))
                .toList());
    }

    @Test
    void everySlipOfOneLetterIsNoticed() {
        everySlipIsNoticed(TOKEN.toString());
        everySlipIsNoticed(Token.of(new Seed(1), "T", PLAN, 1, scripted(9)).toString());
    }

    private static void everySlipIsNoticed(String text) {
        for (int i = 3; i < text.length() - 1; i++) {
            char slip = text.charAt(i) == 'A' ? 'B' : 'A';
            String mistyped = text.substring(0, i) + slip + text.substring(i + 1);

            assertThatThrownBy(() -> Token.parse(mistyped)).hasMessageContaining("its checksum is wrong");
        }
    }

    private static final String GOLDEN = "c1:AAAAAAAAAE0AAAABAAAAAhAI55k";
}
