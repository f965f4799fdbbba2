// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import static java.util.stream.Collectors.groupingBy;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** What was decided for things that stay, and how much of it took hold. */
final class Holds {

    private final ReentrantLock lock = new ReentrantLock();
    private final IdentityHashMap<Rule, List<Pending>> decided =
            new IdentityHashMap<>(); // an equal rule may be added twice

    Pending decided(Pending pending) {
        lock.lock();
        try {
            decided.computeIfAbsent(pending.rule(), rule -> new ArrayList<>()).add(pending);
            return pending;
        } finally {
            lock.unlock();
        }
    }

    /** Rules that were due and had to strike, and found nothing to strike; one sentence each. */
    List<String> lacking() {
        lock.lock();
        try {
            List<String> sentences = new ArrayList<>();
            decided.forEach((rule, pending) -> {
                if (!rule.optional() && byCount(rule, pending).stream().anyMatch(group -> isLacking(rule, group))) {
                    sentences.add(sentence(rule, pending));
                }
            });
            sentences.sort(null); // identity has no order
            return sentences;
        } finally {
            lock.unlock();
        }
    }

    private static Collection<List<Pending>> byCount(Rule rule, List<Pending> pending) {
        return rule.counting() == Rule.Counting.SCOPE
                ? List.of(pending)
                : pending.stream()
                        .collect(groupingBy((Pending each) -> each.hit().lane()))
                        .values();
    }

    /** That it was not due often enough is said elsewhere. */
    private static boolean isLacking(Rule rule, List<Pending> group) {
        return struck(group) < Math.min(rule.mustStrike(), group.size());
    }

    private static String sentence(Rule rule, List<Pending> pending) {
        String first = pending.stream()
                .filter(each -> !each.hasStruck())
                .findFirst()
                .map(Pending::hit)
                .map(hit -> hit.lane())
                .map(Lane::name)
                .orElse("");
        return "planned was " + rule + ", but it took hold " + struck(pending) + " of "
                + Amount.of(pending.size(), "time") + "; on " + first + " there was nothing to strike";
    }

    private static long struck(List<Pending> pending) {
        return pending.stream().filter(Pending::hasStruck).count();
    }
}
