// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.link.Filter;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.message.Swallow;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Mutated messages in both directions: none makes the filter fail or hang, and none is changed where no rule matches. How many
 * is set by {@code -Dfuzz.messages}, and {@code -Dfuzz.seed} repeats a run.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class FuzzTest {

    private static final int A_CONNECTION = 200;

    enum Armed {
        NOT {
            @Override
            Rule[] rules() {
                return new Rule[0];
            }
        },
        /** Rules that look for what never comes. */
        ELSEWHERE {
            @Override
            Rule[] rules() {
                return new Rule[] {
                    Rule.of(SqlTarget.on("UPDATE nowhere"), Trigger.always(), new Cut(When.BEFORE)),
                    Rule.of(SqlTarget.on("SELECT nowhere").rows(), Trigger.always(), new Swallow())
                };
            }
        },
        /** A rule that looks at each message, and strikes none. */
        AT_EACH_MESSAGE {
            @Override
            Rule[] rules() {
                return new Rule[] {
                    Rule.of(Target.seam("sql"), Trigger.probability(0), new Cut(When.AFTER)),
                    Rule.of(Target.seam("wire"), Trigger.probability(0), Delay.of(Duration.ofSeconds(1))),
                    Rule.of(WireTarget.message("DataRow"), Trigger.probability(0), new Swallow())
                };
            }
        };

        abstract Rule[] rules();
    }

    @ParameterizedTest
    @EnumSource
    void noMutationMakesTheFilterFailOrChangeAByte(Armed armed) {
        long messages = Long.getLong("fuzz.messages", 50_000) / Armed.values().length;
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        LoggerFactory.getLogger(FuzzTest.class).info("{} mutated messages, -Dfuzz.seed={}", messages, seed);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        try (WireMount wire = WireMount.twinOf("fuzz")) {
            for (long done = 0; done < messages; done += A_CONNECTION) {
                long connection = done;
                assertThat(connection(wire, armed, random))
                        .as("connection from message %d on, with -Dfuzz.seed=%d", connection, seed)
                        .isEmpty();
            }
        }
    }

    /** What went wrong; nothing, it is hoped. */
    private static String connection(WireMount wire, Armed armed, RandomGenerator random) {
        Round round = new Round("fuzz", Plan.of(new Seed(1), armed.rules()), new VirtualTime());
        Mount.Arming arming = armed == Armed.NOT ? () -> {} : wire.mount().arm(round);
        MutatedMessages client = new MutatedMessages(random, true);
        MutatedMessages server = new MutatedMessages(random, false);
        RawMessages ends = new RawMessages();
        try {
            Filter filter = wire.newFilter();
            int size = 1 + random.nextInt(random.nextInt(4) == 0 ? 10 : 9_000);
            for (int n = 0; n < A_CONNECTION; n++) {
                boolean fromClient = random.nextBoolean();
                ends.feed(filter, fromClient, (fromClient ? client : server).next(), size);
            }
            filter.closed();
        } catch (RuntimeException e) {
            return e + " at " + Arrays.toString(Arrays.copyOf(e.getStackTrace(), 8));
        } finally {
            arming.close();
            round.end();
        }
        return client.compare(ends.server.toByteArray(), armed != Armed.NOT)
                + server.compare(ends.client.toByteArray(), false);
    }
}
