// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.evidence.internal.Witness;
import dev.chaostest.ledger.Token;
import dev.chaostest.mount.Mount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.time.TimeSource;
import dev.chaostest.time.VirtualTime;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round of one test: its scope, the mounts that are armed while the test method runs, and what else a failure
 * message should say.
 */
public final class TestRound implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TestRound.class);
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(TestRound.class);

    private static final String SAME_SEED = "same seed";

    private final String test;
    private final Class<?> type;
    private final Optional<Attempt> attempt;
    private final Replay replay;
    private final List<Rule> rules = new ArrayList<>();
    private final List<Mount> mounts = new ArrayList<>();
    private final Deque<Undo> undos = new ArrayDeque<>();
    private final RoundFailure failure;
    private final boolean dryRun;
    private final TimeSource time;
    private Supplier<Optional<InetSocketAddress>> server = Optional::empty;
    private Function<Site, Optional<String>> naming = site -> Optional.empty();
    private final RoundReport files;
    private final Optional<Pressures> pressures;
    private final Optional<SweepRound> sweep;
    private final HangLimits hangLimits;
    private @Nullable ChaosScope scope;
    private @Nullable MeantToFail meantToFail;

    private TestRound(ExtensionContext context) {
        this.test = Tests.name(context);
        this.type = context.getRequiredTestClass();
        this.sweep = SweepRound.of(context);
        this.attempt = ChaosRounds.attempt(context);
        this.replay = Replay.of(context, attempt, sweep.isPresent());
        this.files = new RoundReport(context, this::scope);
        this.failure = new RoundFailure(context, this);
        this.dryRun = TestRun.of(context).isDryRun();
        this.hangLimits = TestRun.of(context).hangLimits();
        this.time = Tests.hasParameter(context, VirtualTime.class) ? new VirtualTime() : TimeSource.system();
        this.pressures = Pressures.of(test, context);
        rules.addAll(CallFaults.of(test, Tests.classes(context), context.getTestMethod()));
        sweep.ifPresent(round -> {
            rules.addAll(round.rules());
            onFailure(round::lines);
        });
        if (dryRun) {
            onFailure(() -> List.of("dry run  : nothing was injected; without chaos.dryRun the faults strike"));
        }
    }

    /** The round of this test; made on first use, closed with the test. */
    @SuppressWarnings("unchecked") // the store's own key and type
    public static TestRound of(ExtensionContext context) {
        StoredResource<TestRound> stored = context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        context.getUniqueId(),
                        key -> new StoredResource<>(new TestRound(context)),
                        StoredResource.class);
        return stored.value();
    }

    /** Has all rounds of a test template begin with the same seed. */
    public static void sameSeed(ExtensionContext template) {
        template.getStore(NAMESPACE).put(SAME_SEED, SAME_SEED);
    }

    /** Whether they do. */
    static boolean isSameSeed(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(SAME_SEED) != null;
    }

    /** What it has to do with a sweep; empty if it is no round of one. */
    public Optional<SweepRound> sweep() {
        return sweep;
    }

    /** Adds rules to the plan; only before the scope is first used. */
    public void plan(List<Rule> more) {
        if (scope != null) {
            throw new IllegalStateException("rules must be added before the scope of " + test + " opens.");
        }
        rules.addAll(more);
    }

    /** The scope; opened on first use. */
    public synchronized ChaosScope scope() {
        if (scope == null) {
            Plan plan = replay.plan(rules, attempt.filter(Attempt::isKept).isPresent());
            scope = dryRun ? ChaosScope.openDryRun(test, plan, time) : ChaosScope.open(test, plan, time);
            hangLimits.apply(scope.round());
        }
        return scope;
    }

    /**
     * The time that the test moves on by hand.
     *
     * @throws ChaosException if the test method does not ask for it: its scope goes by the system's time then
     */
    VirtualTime virtualTime() {
        if (time instanceof VirtualTime virtual) {
            return virtual;
        }
        throw new ChaosException(
                "A VirtualTime must be a parameter of the test method, since it decides what the round "
                        + "goes by, but " + test + " has none. Add it there, too.");
    }

    /** Where links lead that name no server. */
    public void serveAt(Supplier<Optional<InetSocketAddress>> address) {
        server = address;
    }

    InetSocketAddress server(String place) {
        return server.get()
                .orElseThrow(
                        () -> new ChaosException(
                                place + ": to must say where the server is, but is missing, and " + test
                                        + " has no PostgreSQL whose address is known. Set it to \"host:port\", or to the name of a field."));
    }

    /** Has the scope armed there while the test method runs. */
    public void armOn(Mount mount) {
        mounts.add(mount);
    }

    /** Runs once if the test fails, before the scope closes; its lines become part of the failure's report. */
    public void onFailure(Supplier<List<String>> action) {
        failure.onFailure(action);
    }

    /** The seed to give for the same run again. */
    public Seed seed() {
        return replay.seed();
    }

    /** Has what this round throws told to somebody who says in the end whether it is red. */
    public void meantToFail(MeantToFail judge) {
        meantToFail = judge;
    }

    /** Whether somebody else says what this failure means. */
    boolean isTaken(Throwable thrown) {
        MeantToFail judge = meantToFail;
        boolean taken = judge != null && ChaosExtension.isFailure(thrown);
        if (taken && judge != null) {
            judge.failed(thrown);
        }
        return taken;
    }

    /** When all of it is closed. */
    void judge() {
        MeantToFail judge = meantToFail;
        if (judge != null) {
            judge.ended();
        }
    }

    /** How a test names a site, for those who read a dry run. */
    public void nameSites(Function<Site, Optional<String>> how) {
        naming = how;
    }

    /** Says what a dry run saw, in the log and to JUnit. */
    synchronized void publishDryRun(ExtensionContext context) {
        if (scope != null) {
            scope.dryRun().map(seen -> String.join("\n", seen.lines(naming))).ifPresent(text -> {
                LOG.info("{}", text);
                context.publishReportEntry("chaos.dryRun", text);
            });
        }
    }

    /** Has it asked when the test fails, before anything is healed or closed; what it says goes to the report's file. */
    public void call(Witness witness) {
        files.evidence().call(witness);
    }

    /** Whether it was red, and something else tells JUnit. */
    boolean isWithheld() {
        return attempt.filter(Attempt::isWithheld).isPresent();
    }

    /** The test's class. */
    Class<?> type() {
        return type;
    }

    /** Leaves this round out if it has nothing to do: the token that it should follow is of another round or plan. */
    void requireNeeded() {
        replay.requireItsRound();
        attempt.ifPresent(each -> each.requireCurrent(this));
    }

    Optional<Attempt> attempt() {
        return attempt;
    }

    Replay replay() {
        return replay;
    }

    RoundReport files() {
        return files;
    }

    void arm() {
        mounts.forEach(scope()::arm);
        pressures.ifPresent(each -> each.takeIn(scope()));
    }

    /** The failure of this round, with its report and where the evidence is. */
    ChaosTestFailure failure(Throwable thrown) {
        return failure.of(thrown);
    }

    /** What JUnit is to see of a failure. */
    Throwable told(Throwable thrown) {
        return sweep.map(round -> round.told(thrown, scope(), this::failure))
                .or(() -> attempt.map(each -> each.told(thrown, this)))
                .orElseGet(() -> failure(thrown));
    }

    /** The round is over, and this is what JUnit has seen of it. */
    void ended(Optional<Throwable> thrown) {
        sweep.ifPresent(round -> round.ended(scope(), thrown, this::failure));
        attempt.ifPresent(each -> each.ended(thrown, this));
    }

    /** What replays it. */
    Token token() {
        return sweep.flatMap(round -> round.token(replay.seed(), replay.fullName()))
                .orElseGet(() -> replay.token(scope()));
    }

    /** Runs behind the test, before what the scope owns is closed; in reverse order. */
    void whenClosed(Undo undo) {
        undos.push(undo);
    }

    @Override
    public void close() throws Exception {
        try (AutoCloseable owned = this::closeScope) {
            while (!undos.isEmpty()) {
                undos.pop().undo();
            }
        }
    }

    private void closeScope() {
        if (scope != null) {
            scope.close();
        }
    }

    /** Takes back what was done to the test itself. */
    @FunctionalInterface
    interface Undo {
        void undo() throws Exception;
    }
}
