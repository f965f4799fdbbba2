// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.link.Ends;
import dev.chaostest.link.TcpLink;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every fault of a link obeys. */
class ToxicContractTest {

    private static final LinkTarget BANK = LinkTarget.of("bank");

    private Ends ends;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
    }

    @AfterEach
    void close() throws IOException {
        ends.close();
    }

    static List<Afflicted> all() {
        return Afflicted.all();
    }

    static List<Afflicted> toxics() {
        return all().stream().filter(each -> each.fault() instanceof Toxic).toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void persistentItStrikesEachNewConnection(Afflicted afflicted) throws Exception {
        try (Bench bench = new Bench(Rule.of(BANK, Trigger.always(), afflicted.fault()))) {
            afflicted.talk().in(bench.conversation());
            afflicted.talk().in(bench.conversation());

            assertThat(bench.scope.fired())
                    .extracting(LedgerEntry.Fired::fault)
                    .containsExactly(afflicted.fault(), afflicted.fault());
            bench.scope.verify();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void transientItStrikesTheFirstConnectionAndNoOther(Afflicted afflicted) throws Exception {
        try (Bench bench = new Bench(Rule.of(BANK, Trigger.first(1), afflicted.fault()))) {
            afflicted.talk().in(bench.conversation());

            ends.connect(bench.link).roundTrip("not struck");
            assertThat(bench.scope.fired()).hasSize(1);
            bench.scope.verify();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void closingTheInjectionHealsAndTwiceIsHarmless(Afflicted afflicted) throws Exception {
        try (Bench bench = new Bench()) {
            Injection injection = bench.scope.inject(Rule.of(BANK, Trigger.always(), afflicted.fault()));
            Conversation conversation = bench.conversation();
            afflicted.talk().in(conversation);

            injection.close();
            injection.close();

            if (afflicted.isSurvived()) {
                conversation.both().roundTrip("healed");
            }
            ends.connect(bench.link).roundTrip("new");
            assertThat(bench.scope.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("toxics")
    void itReachesALiveConnection(Afflicted afflicted) throws Exception {
        try (Bench bench = new Bench()) {
            Conversation conversation = bench.conversation();
            conversation.both().roundTrip("live");

            bench.scope.inject(Rule.of(BANK.liveOnly(), Trigger.always(), afflicted.fault()));
            afflicted.talk().in(conversation);

            ends.connect(bench.link).roundTrip("new");
            assertThat(bench.scope.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void itTouchesItsOwnLinkOnly(Afflicted afflicted) throws Exception {
        try (Bench bench = new Bench(Rule.of(BANK, Trigger.always(), afflicted.fault()))) {
            TcpLink beside = bench.scope.link("beside", ends.address());
            Ends.Both other = ends.connect(beside);
            other.roundTrip("before");
            afflicted.talk().in(bench.conversation());

            other.roundTrip("after");
            ends.connect(beside).roundTrip("new");
            assertThat(bench.scope.fired())
                    .allSatisfy(fired -> assertThat(fired.hit().lane().name()).startsWith("bank-"));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theSameSeedGivesTheSameLedger(Afflicted afflicted) throws Exception {
        assertThat(history(afflicted)).isEqualTo(history(afflicted));
    }

    private List<String> history(Afflicted afflicted) throws Exception {
        try (Bench bench = new Bench(Rule.of(BANK, Trigger.first(2), afflicted.fault()))) {
            List<String> history = new ArrayList<>();
            history.add(afflicted.talk().in(bench.conversation()));
            history.add(afflicted.talk().in(bench.conversation()));
            bench.scope.ledger().entries().forEach(entry -> history.add(entry.toString()));
            return history;
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void inADryRunNothingStrikes(Afflicted afflicted) throws Exception {
        Plan plan = Plan.of(new Seed(7), Rule.of(BANK, Trigger.always(), afflicted.fault()));
        try (ChaosScope scope = ChaosScope.openDryRun("contract", plan)) {
            TcpLink link = scope.link("bank", ends.address());
            ends.connect(link).roundTrip("dry");

            assertThat(scope.fired()).isEmpty();
            assertThat(scope.unfulfilled()).isEmpty();
            assertThat(scope.dryRun().orElseThrow().toString()).contains("link:bank");
        }
    }

    /** A scope with a link to the server of this test. */
    private final class Bench implements AutoCloseable {
        private final VirtualTime time = new VirtualTime();
        private final ChaosScope scope;
        private final TcpLink link;

        Bench(Rule... rules) {
            scope = ChaosScope.open("contract", Plan.of(new Seed(7), rules), time);
            link = scope.link("bank", ends.address());
        }

        Conversation conversation() {
            return new Conversation(scope, time, ends, link);
        }

        @Override
        public void close() {
            scope.close();
            assertThat(link.residue()).isEmpty();
        }
    }
}
