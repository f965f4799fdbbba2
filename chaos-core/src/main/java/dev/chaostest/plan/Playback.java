// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static java.util.stream.Collectors.toMap;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A script while it is followed: what it says about a hit, and which of its decisions struck. */
final class Playback {

    private final Script script;
    private final Map<FiredAt, Integer> halvings;
    private final Set<FiredAt> struck = ConcurrentHashMap.newKeySet();

    Playback(Script script) {
        this.script = script;
        this.halvings = script.decisions().stream().collect(toMap(Playback::key, FiredAt::halvings, Math::min));
    }

    /** How often the fault's length is halved at this hit; empty if the rule must not strike. */
    OptionalInt at(int rule, Hit hit) {
        Integer found = halvings.get(FiredAt.of(rule, hit));
        return found == null ? OptionalInt.empty() : OptionalInt.of(found);
    }

    void struck(int rule, Hit hit) {
        struck.add(FiredAt.of(rule, hit));
    }

    boolean isComplete() {
        return script.complete();
    }

    /** The decisions that did not strike so far. */
    List<FiredAt> unreached() {
        return script.decisions().stream()
                .filter(each -> !struck.contains(key(each)))
                .toList();
    }

    private static FiredAt key(FiredAt each) {
        return new FiredAt(each.rule(), each.site(), each.lane(), each.nth(), 0);
    }
}
