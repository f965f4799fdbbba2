// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.Settings;
import dev.chaostest.junit5.ChaosReplay;
import dev.chaostest.junit5.ChaosSeed;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Seed;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where the seed of a run comes from: replay token, property, annotation, environment, random; in this order.
 *
 * @param replay the token to replay, if any
 * @param property the seed on the command line, if any
 * @param environment the seed in the environment, if any
 * @param random the seed that this run takes otherwise
 */
record Seeds(Optional<Token> replay, Optional<Seed> property, Optional<Seed> environment, Seed random) {

    static Seeds read(Settings settings) {
        return new Seeds(
                settings.property("chaos.replay")
                        .or(() -> settings.environment("chaos.replay"))
                        .map(Token::parse),
                settings.property("chaos.seed").map(Seed::parse),
                settings.environment("chaos.seed").map(Seed::parse),
                Seed.random());
    }

    /** The seed of the run, as far as this test is concerned. */
    Seed of(ExtensionContext context) {
        return replay.or(() -> annotated(context))
                .map(Token::seed)
                .or(() -> property)
                .or(() -> Tests.annotation(context, ChaosSeed.class).map(seed -> new Seed(seed.value())))
                .or(() -> environment)
                .orElse(random);
    }

    /**
     * The token that this test replays: the one of the run if it is of this test, else the one on its method.
     *
     * @throws ChaosException if the one on its method is of another test, or if one of them was printed by an earlier version
     */
    Optional<Token> replayOf(ExtensionContext context) {
        replay.ifPresent(token -> requireOfThisVersion("chaos.replay", token, context));
        return replay.filter(token -> token.isOf(Tests.fullName(context))).or(() -> annotated(context));
    }

    /** Earlier ones named a test without its package, and so could mean several. */
    private static void requireOfThisVersion(String place, Token token, ExtensionContext context) {
        if (token.isOf(Tests.name(context)) && !token.isOf(Tests.fullName(context))) {
            throw new ChaosException(place
                    + " must be a token that this version of the library has printed, but is one of an earlier version,"
                    + " which did not tell tests of the same name in several packages apart. Run "
                    + Tests.name(context) + " with -Dchaos.seed=" + token.seed()
                    + ", and take the token that it prints.");
        }
    }

    private static Optional<Token> annotated(ExtensionContext context) {
        return context.getTestMethod()
                .flatMap(method -> Optional.ofNullable(method.getAnnotation(ChaosReplay.class)))
                .map(ChaosReplay::value)
                .map(text -> {
                    Token token = Token.parse(text);
                    requireOfThisVersion("@ChaosReplay on " + Tests.name(context), token, context);
                    if (!token.isOf(Tests.fullName(context))) {
                        throw new ChaosException("The token of @ChaosReplay on " + Tests.name(context)
                                + " must be of that test, but is of another, or of one with another name. Take the token "
                                + "that this test printed.");
                    }
                    return token;
                });
    }
}
