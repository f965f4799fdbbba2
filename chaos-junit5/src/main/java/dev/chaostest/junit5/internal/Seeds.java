// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.Settings;
import dev.chaostest.junit5.ChaosSeed;
import dev.chaostest.ledger.Token;
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
        return replay.map(Token::seed)
                .or(() -> property)
                .or(() -> Tests.annotation(context, ChaosSeed.class).map(seed -> new Seed(seed.value())))
                .or(() -> environment)
                .orElse(random);
    }
}
