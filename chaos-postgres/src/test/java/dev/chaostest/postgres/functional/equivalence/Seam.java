// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.MessageType;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** No seam, and the seam in each state in which nothing strikes. */
enum Seam implements Way {
    ABSENT {
        @Override
        public Passage open() {
            Properties properties = new Properties();
            properties.setProperty("sslmode", "disable");
            return new Open(properties, Optional.empty(), () -> {});
        }
    },

    IDLE {
        @Override
        public Passage open() {
            WireMount wire = WireMount.twinOf("equivalence");
            return new Open(wire.properties(), Optional.empty(), wire::close);
        }
    },

    ARMED_WITHOUT_RULES {
        @Override
        public Passage open() {
            return armed();
        }
    },

    /** Rules for other statements, and one for every statement and one for every message that are never due. */
    ARMED_FOR_OTHERS {
        @Override
        public Passage open() {
            Stream<Rule> statements = Stream.of(
                    Rule.of(SqlTarget.on("UPDATE nowhere"), Trigger.always(), ServerError.of("40001")),
                    Rule.of(SqlTarget.on("nowhere"), Trigger.always(), new Cut(When.AFTER)),
                    Rule.of(SqlTarget.matching("nowhere"), Trigger.always(), Delay.of(Duration.ofHours(1))),
                    Rule.of(SqlTarget.any(), Trigger.nth(1_000_000), ServerError.of("40001")));
            Stream<Rule> messages = Arrays.stream(MessageType.values())
                    .map(type -> WireTarget.message(type.site().name()))
                    .map(message -> Rule.of(message, Trigger.nth(1_000_000), new Cut(When.AFTER)));
            return armed(Stream.concat(statements, messages).map(Rule::mayMiss).toArray(Rule[]::new));
        }
    },

    /** The numbers of transactions are asked for. */
    FOLLOWED {
        @Override
        public Passage open() {
            return armed(wire -> wire.follow(end -> {}));
        }
    };

    static Passage armed(Rule... rules) {
        return armed(wire -> {}, rules);
    }

    static Passage armed(Consumer<WireMount> before, Rule... rules) {
        WireMount wire = WireMount.twinOf("equivalence");
        before.accept(wire);
        Round round = new Round("equivalence", Plan.of(new Seed(7), rules), TimeSource.system());
        Mount.Arming arming = wire.mount().arm(round);
        return new Open(wire.properties(), Optional.of(round), () -> {
            arming.close();
            round.end();
            wire.close();
        });
    }

    /** See {@link Passage}. */
    record Open(Properties properties, Optional<Round> counted, Runnable end) implements Passage {
        @Override
        public void close() {
            end.run();
        }
    }
}
