// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.teeth;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.StatementObserver;
import dev.chaostest.postgres.wire.WireMount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Watches a run without sabotage, and finds the places at which one makes a difference.
 *
 * <p>A statement that writes counts where its transaction is committed, or is of its own; what is rolled back anyway can be run
 * twice or dropped unseen. A commit in the middle counts between two writes of one transaction, first of all of those that
 * are not committed in the end. A ROLLBACK counts where there is something to roll back. A query counts if it has rows.
 * What the text of a statement does not tell, such as what a function writes, is not known.
 *
 * <p>Of the hits of one statement from one line, the first and the last count. The first {@value #STATEMENTS_MAX} statements are looked at.
 *
 * <pre>{@code
 * Rehearsal rehearsal = Rehearsal.watch(mount);
 * service.transfer(1, 2, 100);
 * List<SabotagePlace> places = rehearsal.places(Sabotage.RUN_TWICE, scope);
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Rehearsal implements AutoCloseable {

    private static final int STATEMENTS_MAX = 10_000;

    private final Course course = new Course(STATEMENTS_MAX);
    private final AutoCloseable observed;
    private Predicate<Site> on = site -> true;
    private final Set<String> leftOut = ConcurrentHashMap.newKeySet();

    private Rehearsal(WireMount mount) {
        StatementObserver observer = statement -> {
            statement.goOn();
            if (mount.mount().armed() != null) {
                course.add(statement);
            }
        };
        this.observed = mount.observe(observer);
    }

    /**
     * Begins to watch: what is sent while a scope is armed there.
     *
     * @throws ChaosException if somebody else observes the mount
     */
    public static Rehearsal watch(WireMount mount) {
        return new Rehearsal(mount);
    }

    /** Looks at these statements only. A ROLLBACK counts in any case. */
    public Rehearsal on(SqlTarget statements) {
        on = statements::matches;
        return this;
    }

    /**
     * Leaves out what a class and those nested in it send themselves: a test that arranges and asserts is not what is tried.
     * Each call adds one.
     *
     * @param type a binary name
     */
    public Rehearsal without(String type) {
        leftOut.add(simple(type) + "$");
        return withoutOnly(type);
    }

    /** As {@link #without}, and those nested in it are tried. */
    public Rehearsal withoutOnly(String type) {
        leftOut.add(simple(type) + ".");
        return this;
    }

    private static String simple(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /**
     * The places of one sabotage, in the order in which their lines were reached.
     *
     * @param scope of the run that was watched
     */
    public List<SabotagePlace> places(Sabotage sabotage, ChaosScope scope) {
        Set<Site> seen = scope.round().decisions().seen().keySet();
        Map<Object, List<SabotagePlace>> byLine = new LinkedHashMap<>();
        for (Course.Step step : course.steps()) {
            if (isPlace(sabotage, step, seen)) {
                Object line = sabotage == Sabotage.HIDE_ROW ? step.site() : List.of(step.site(), step.caller());
                byLine.computeIfAbsent(line, first -> new ArrayList<>()).add(place(sabotage, step));
            }
        }
        List<SabotagePlace> places =
                byLine.values().stream().flatMap(Rehearsal::firstAndLast).toList();
        return sabotage == Sabotage.COMMIT_IN_THE_MIDDLE ? failing(places) : places;
    }

    private static SabotagePlace place(Sabotage sabotage, Course.Step step) {
        long nth = sabotage == Sabotage.HIDE_ROW ? 1 : step.nth();
        return new SabotagePlace(sabotage, step.site(), nth, step.caller(), step.isKept());
    }

    /** One line may serve the whole application, or be a loop. */
    private static Stream<SabotagePlace> firstAndLast(List<SabotagePlace> line) {
        SabotagePlace first = line.get(0);
        SabotagePlace last = line.get(line.size() - 1);
        return first.nth() == last.nth() ? Stream.of(first) : Stream.of(first, last);
    }

    private boolean isPlace(Sabotage sabotage, Course.Step step, Set<Site> seen) {
        if (isLeftOut(step.caller())) {
            return false;
        }
        return switch (sabotage) {
            case COMMIT_INSTEAD_OF_ROLLBACK -> step.endsWrites() && !step.isKept();
            case COMMIT_IN_THE_MIDDLE -> step.isLaterWrite() && on.test(step.site());
            case RUN_TWICE, DROP_WRITE -> step.isWrite() && step.isKept() && on.test(step.site());
            case HIDE_ROW -> Sabotage.reads(step.site()) && on.test(step.site()) && hasRows(step.site(), seen);
        };
    }

    private static boolean hasRows(Site query, Set<Site> seen) {
        Target rows = Sabotage.HIDE_ROW.at(query);
        return seen.stream().anyMatch(rows::matches);
    }

    /** A transaction that is committed in the end shows no difference but to who reads meanwhile. */
    private static List<SabotagePlace> failing(List<SabotagePlace> all) {
        List<SabotagePlace> failing =
                all.stream().filter(place -> !place.kept()).toList();
        return failing.isEmpty() ? all : failing;
    }

    private boolean isLeftOut(Optional<String> caller) {
        return caller.filter(frame -> leftOut.stream().anyMatch(frame::startsWith))
                .isPresent();
    }

    /** Watches no more; what was seen stays. */
    @Override
    public void close() {
        try {
            observed.close();
        } catch (Exception e) {
            throw new ChaosException("A rehearsal must end, but could not. Look at the cause.", e);
        }
    }
}
