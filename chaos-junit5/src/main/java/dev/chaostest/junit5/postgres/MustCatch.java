// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.teeth.Contents;
import dev.chaostest.postgres.teeth.Rehearsal;
import dev.chaostest.postgres.teeth.SabotagePlace;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.SqlTarget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;

/** The rounds of one {@link ChaosMustCatch}, each made when the one before is over. */
final class MustCatch implements Iterator<TestTemplateInvocationContext> {

    private final String test;
    private final Set<Sabotage> sabotages;
    private final Optional<SqlTarget> on;
    private final int most;
    private final Queue<Round> rounds = new ArrayDeque<>();
    private boolean begun;
    private boolean over;
    private boolean passed;
    private Optional<Contents> end = Optional.empty();

    MustCatch(String test, Set<Sabotage> sabotages, Optional<SqlTarget> on, int most) {
        this.test = test;
        this.sabotages = sabotages;
        this.on = on;
        this.most = most;
    }

    @Override
    public synchronized boolean hasNext() {
        if (!begun) {
            return true;
        }
        if (!over) {
            throw new ChaosException(
                    "The rounds of @ChaosMustCatch on " + test + " must run one after the other, but the"
                            + " second came before the first was over. Remove @Execution.");
        }
        return passed && !rounds.isEmpty();
    }

    @Override
    public synchronized TestTemplateInvocationContext next() {
        if (!begun) {
            begun = true;
            return new Round("as it is", new RehearsedRound(this));
        }
        Round next = rounds.poll();
        if (next == null) {
            throw new NoSuchElementException("there are no more rounds of " + test);
        }
        return next;
    }

    Rehearsal watched(Rehearsal rehearsal, Class<?> testClass) {
        on.ifPresent(rehearsal::on);
        for (Class<?> type = testClass; type != null && type != Object.class; type = type.getSuperclass()) {
            rehearsal.without(type.getName());
        }
        Class<?> around = testClass.getEnclosingClass();
        while (around != null) { // the code that is tried may be nested in it, too
            rehearsal.withoutOnly(around.getName());
            around = around.getEnclosingClass();
        }
        return rehearsal;
    }

    /** The first round has shown its places; answers what is to be said about them. */
    synchronized String found(Rehearsal rehearsal, ChaosScope scope, Optional<Contents> contents) {
        end = contents;
        Map<Sabotage, List<SabotagePlace>> places = new LinkedHashMap<>();
        sabotages.forEach(each -> places.put(each, rehearsal.places(each, scope)));
        int all = places.values().stream().mapToInt(List::size).sum();
        List<SabotagePlace> tried = inTurn(places);
        tried.forEach(place -> rounds.add(new Round(place.toString(), new SabotagedRound(test, place, end))));
        places.forEach((sabotage, found) -> {
            if (found.isEmpty()) {
                rounds.add(new Round(sabotage.name() + ": no place", new PlacelessRound(test, sabotage)));
            }
        });
        int left = all - tried.size();
        return Amount.of(all, "place") + (left == 0 ? "" : ", " + left + " of them left out by maxRounds = " + most);
    }

    /** The first of each sabotage first, so that a small budget tries all of them. */
    private List<SabotagePlace> inTurn(Map<Sabotage, List<SabotagePlace>> places) {
        List<SabotagePlace> ordered = new ArrayList<>();
        int longest = places.values().stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (List<SabotagePlace> each : places.values()) {
                if (i < each.size() && ordered.size() < most) {
                    ordered.add(each.get(i));
                }
            }
        }
        return ordered;
    }

    /** The first round has ended: if it is red, nothing can be learned from others. */
    synchronized void over(boolean green) {
        over = true;
        passed = green;
    }

    /** One round. */
    private record Round(String name, Extension extension) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return name;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(extension);
        }
    }
}
