// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import dev.chaostest.call.CallSeam;
import dev.chaostest.call.Wrapped;
import dev.chaostest.call.Wrapping;
import dev.chaostest.internal.Owner;
import dev.chaostest.ledger.Ledger;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Reportable;
import dev.chaostest.link.Filter;
import dev.chaostest.link.TcpLink;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.schedule.RunningSchedule;
import dev.chaostest.schedule.Schedule;
import dev.chaostest.time.TimeSource;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What one test round owns: its seed, plan and ledger, and everything that was opened for it.
 *
 * <p>Arm it on the mounts that faults are to reach. {@link #heal} ends all faults; {@link #verify} says whether what was
 * planned really happened; {@link #close} heals, closes what is owned in reverse order, and checks for residue. A scope
 * is used for one round; twice closing is harmless.
 *
 * <pre>{@code
 * try (ChaosScope scope = ChaosScope.open("payment", Plan.of(Seed.random(), rule))) {
 *     scope.arm(mount);
 *     service.pay(order);
 *     scope.verify();
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class ChaosScope implements AutoCloseable {

    private final Round round;
    private final Owner owner;
    private final ActiveChaos chaos;
    private final Fulfilment fulfilment;

    private ChaosScope(Round round) {
        this.round = round;
        this.owner = new Owner(round.name());
        this.chaos = new ActiveChaos(round);
        this.fulfilment = new Fulfilment(round);
    }

    /**
     * Opens a scope on the system's clock.
     *
     * @param name what runs in it, for messages: the test's name
     */
    public static ChaosScope open(String name, Plan plan) {
        return open(name, plan, TimeSource.system());
    }

    /**
     * Opens a scope on a time of the caller's.
     *
     * @param time what its waits and spans of time go by: {@link dev.chaostest.time.VirtualTime}, say
     */
    public static ChaosScope open(String name, Plan plan, TimeSource time) {
        return new ChaosScope(new Round(name, plan, time));
    }

    /**
     * Opens a scope in which nothing strikes: every arrival is decided about and counted, and {@link #dryRun} says what
     * would have struck where. Nothing counts as missed.
     */
    public static ChaosScope openDryRun(String name, Plan plan) {
        return openDryRun(name, plan, TimeSource.system());
    }

    /** As {@link #openDryRun(String, Plan)}, on a time of the caller's. */
    public static ChaosScope openDryRun(String name, Plan plan, TimeSource time) {
        return new ChaosScope(Round.dryRun(name, plan, time));
    }

    /** What runs in it. */
    public String name() {
        return round.name();
    }

    /** The number from which every random choice of this scope derives. */
    public Seed seed() {
        return round.plan().seed();
    }

    /** What was planned when the scope was opened. */
    public Plan plan() {
        return round.plan();
    }

    /** What waits and spans of time of this scope go by. */
    public TimeSource time() {
        return round.time();
    }

    /** What was planned, fired and seen. */
    public Ledger ledger() {
        return round.ledger();
    }

    /** What the seams of this scope share. */
    public Round round() {
        return round;
    }

    /**
     * Lets the scope's faults reach a thing, until {@link #heal} or {@link #close}.
     *
     * @throws dev.chaostest.plan.ChaosException if another scope is armed there, or if a rule can't be carried out there
     * @throws IllegalStateException if the scope is healed already
     */
    public void arm(Mount mount) {
        chaos.arm(mount);
    }

    /**
     * Wraps an object and arms the scope on it: its calls are sites of this scope, until {@link #heal} or {@link #close}.
     * For a proxy that outlives the scope, wrap it with {@link CallSeam} and {@link #arm} it in each.
     *
     * @param type the interface through which it is called
     * @param target what is called in the end
     * @return the proxy
     * @throws dev.chaostest.plan.ChaosException if it can't be wrapped
     */
    public <T> T wrap(Class<T> type, T target) {
        return armed(CallSeam.wrap(type, target));
    }

    /** As {@link #wrap(Class, Object)}, with a name for it, and what is known about its calls. */
    public <T> T wrap(Class<T> type, T target, Wrapping wrapping) {
        return armed(CallSeam.wrap(type, target, wrapping));
    }

    private <T> T armed(Wrapped<T> wrapped) {
        arm(wrapped.mount());
        return wrapped.proxy();
    }

    /**
     * Refuses every fault from now on: for a scope that has found that it must not hurt what it reaches.
     *
     * @param why the sentence that {@link #inject} fails with
     */
    public void forbidFaults(String why) {
        chaos.forbid(why);
    }

    /**
     * Refuses if faults are {@linkplain #forbidFaults forbidden}: for what hurts by another way than a rule.
     *
     * @throws dev.chaostest.plan.ChaosException if they are
     */
    public void requireFaultsAllowed() {
        chaos.requireAllowed();
    }

    /**
     * Adds a fault while the scope runs.
     *
     * @throws dev.chaostest.plan.ChaosException if faults are {@linkplain #forbidFaults forbidden}, or if a mount on which
     *     the scope is armed can't carry it out
     * @throws IllegalStateException if the scope is healed already
     */
    public Injection inject(Rule rule) {
        return chaos.inject(rule);
    }

    /**
     * Runs chaos over time, until it is through or closed, or this scope heals. The scope owns it: what it did not do as it
     * says is thrown when the scope closes, unless the handle has thrown it before.
     *
     * @return its handle; in a dry run, of nothing
     * @throws dev.chaostest.plan.ChaosException if faults are {@linkplain #forbidFaults forbidden}
     * @throws IllegalStateException if the scope is healed already
     */
    public RunningSchedule run(Schedule schedule) {
        return chaos.run(schedule, running -> own("schedule \"" + schedule + "\"", running));
    }

    /**
     * Hands a resource over: it is closed with the scope, in reverse order of handing over, each on a thread of its own
     * and within 30 seconds, so that one that hangs does not hang the run. A {@link Reportable} is part of a red report.
     *
     * @param what its name, for messages
     * @return the resource
     * @throws IllegalStateException if the scope is closed already; the resource is closed then
     */
    public <T extends AutoCloseable> T own(String what, T resource) {
        return owner.own(what, resource);
    }

    /** What it owns that has a part in the report of a red test, in the order of handing over. */
    public List<Reportable> reportables() {
        return owner.reportables();
    }

    /**
     * Opens a link to a server, owns it and arms it: clients that connect there meet the faults of this scope. To
     * {@link #heal} undoes its outages, too.
     *
     * @param name for sites and messages, without blanks: {@code bank}
     * @param server where clients are connected to
     * @throws IllegalArgumentException if the name has blanks, or the server no port
     * @throws dev.chaostest.plan.ChaosException if a rule about links can't be carried out there
     * @throws IllegalStateException if the scope is healed or closed already
     */
    public TcpLink link(String name, InetSocketAddress server) {
        return OwnedLink.of(this, name, TcpLink.open(name, server, this::requireFaultsAllowed));
    }

    /**
     * As {@link #link(String, InetSocketAddress)}, with a filter that understands the protocol in each connection.
     *
     * @param filters asked once for each connection
     */
    public TcpLink link(String name, InetSocketAddress server, Supplier<? extends Filter> filters) {
        return OwnedLink.of(this, name, TcpLink.open(name, server, this::requireFaultsAllowed, filters));
    }

    /**
     * Registers a question that is asked when the scope closes, after everything that is handed over later was closed.
     *
     * @param what the kind of residue, for messages
     * @param residue what is left, one sentence each; empty if nothing is
     */
    public void checkResidue(String what, Supplier<List<String>> residue) {
        owner.check(what, residue);
    }

    /** Ends all faults: nothing strikes any more, and what is parked goes on. Twice is harmless. */
    public void heal() {
        chaos.heal();
    }

    /** What was seen so far and what would have struck; empty if this scope is no dry run. */
    public Optional<DryRun> dryRun() {
        return Optional.ofNullable(round.wouldStrike()).map(counted -> DryRun.of(round, counted));
    }

    /**
     * What was planned and did not come true, one sentence each: faults that could strike and did not, lost their hit to
     * an earlier one, or came back as something else; and in a replay what was recorded and did not strike. Empty in a dry
     * run.
     */
    public List<String> unfulfilled() {
        return fulfilment.unfulfilled();
    }

    /** In a replay: what was recorded and did not strike so far, one sentence each. */
    public List<String> unreached() {
        return fulfilment.unreached();
    }

    /**
     * Checks that nothing was found to be wrong, and that every planned fault struck and came back as planned.
     *
     * @throws FindingError if something was found
     * @throws UnfulfilledPlanError if one did not; the message lists the sites that were seen
     * @throws NotReproducedError in a replay, if it did not come to all that was recorded
     */
    public void verify() {
        fulfilment.verify();
    }

    /** The faults that struck, in order. */
    public List<LedgerEntry.Fired> fired() {
        return ledger().entries(LedgerEntry.Fired.class);
    }

    /**
     * Heals, closes what is owned in reverse order, and checks for residue.
     *
     * @throws dev.chaostest.plan.ChaosException the first failure; others are suppressed
     */
    @Override
    public void close() {
        try (owner) { // also when healing fails; what closing throws is suppressed then
            heal();
        }
    }

    @Override
    public String toString() {
        return "scope \"" + name() + "\" with seed " + seed();
    }
}
