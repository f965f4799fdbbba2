// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a seam is fixed to a thing that may outlive tests: a connection factory, a link, a proxy.
 *
 * <p>At most one round is armed on it at a time. While none is, the seam does nothing. Live connections of the thing
 * are hit as well as new ones: faults belong to the mount, not to threads.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Mount {

    private final String name;
    private final Map<String, Set<Class<? extends Fault>>> carries;
    private final AtomicReference<@Nullable Round> armed = new AtomicReference<>();
    private final List<Consumer<Round>> watchers = new CopyOnWriteArrayList<>();

    /**
     * @param name in words that a user knows: "the HikariPool bank"
     * @param seam the seam's short name, as in its {@linkplain dev.chaostest.plan.Site sites}
     * @param carries the faults that the seam can carry out
     */
    public Mount(String name, String seam, Set<Class<? extends Fault>> carries) {
        this(name, Map.of(seam, carries));
    }

    /**
     * A thing with several seams.
     *
     * @param name in words that a user knows
     * @param carries by each seam's short name, the faults that it can carry out
     */
    public Mount(String name, Map<String, Set<Class<? extends Fault>>> carries) {
        this.name = name;
        this.carries = Map.copyOf(carries);
    }

    /**
     * Registers who is told, on the thread that arms, that a round is in charge from now on: a seam whose faults must
     * reach what is there already, without waiting for the next arrival.
     */
    public void whenArmed(Consumer<Round> watcher) {
        watchers.add(watcher);
    }

    /** The name, for messages. */
    public String name() {
        return name;
    }

    /** The round that decides about arrivals now; null if none is armed. */
    public @Nullable Round armed() {
        return armed.get();
    }

    /**
     * Puts a round in charge.
     *
     * @return what disarms; twice is harmless
     * @throws ChaosException if another round is armed, with both names; or if a rule's fault can't be carried out here
     */
    public Arming arm(Round round) {
        for (Rule rule : round.plan().rules()) {
            requireCarried(rule);
        }
        Round other = armed.compareAndExchange(null, round);
        if (other == round) {
            throw new ChaosException("A scope must be armed once on " + name + ", but \"" + round.name()
                    + "\" came twice. Remove the second call.");
        }
        if (other != null) {
            throw new ChaosException("At most one scope must be armed on " + name + " at a time, but \"" + other.name()
                    + "\" still is, and \"" + round.name() + "\" came. Have the two not run at the same time, or give "
                    + "each one of its own.");
        }
        round.begin();
        watchers.forEach(watcher -> watcher.accept(round));
        AtomicBoolean mine = new AtomicBoolean(true);
        return () -> {
            if (mine.compareAndSet(true, false)) { // the same round may have been armed again since
                armed.set(null);
            }
        };
    }

    /**
     * Refuses a rule about this seam whose fault it can't carry out: it would silently do nothing. Rules about other seams
     * of the scope are not looked at.
     *
     * @throws ChaosException if it can't
     */
    public void requireCarried(Rule rule) {
        Set<Class<? extends Fault>> possible = carries.get(rule.target().seam());
        if (possible != null && possible.stream().noneMatch(kind -> kind.isInstance(rule.fault()))) {
            throw new ChaosException("A fault on " + name + " must be one of "
                    + possible.stream().map(Class::getSimpleName).sorted().toList() + ", but rule \"" + rule
                    + "\" has a "
                    + rule.fault().getClass().getSimpleName() + ". Use one of those, or another seam.");
        }
    }

    /** An armed round; closing it disarms. */
    @FunctionalInterface
    public interface Arming extends AutoCloseable {
        @Override
        void close();
    }
}
