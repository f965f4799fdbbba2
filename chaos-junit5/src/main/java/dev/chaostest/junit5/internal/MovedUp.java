// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.explore.shrink.Shift;
import dev.chaostest.plan.FiredAt;
import dev.chaostest.plan.FiredDecision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Moves faults to where they strike when others are left out, in code that tries again: by one hit for each that is left out
 * before them on their lane; or by one lane, where each attempt has a connection of its own.
 */
final class MovedUp implements Shift<FiredAt> {

    private static final Pattern NUMBERED = Pattern.compile("(.*-)(\\d{1,9})");

    /** The names of lanes, by their hashes. */
    private final Map<Integer, String> lanes = new HashMap<>();

    MovedUp(List<FiredDecision> fired) {
        fired.forEach(each -> lanes.put(each.at().lane(), each.hit().lane().name()));
    }

    @Override
    public List<List<FiredAt>> forms(List<FiredAt> before, List<FiredAt> kept) {
        List<FiredAt> dropped =
                before.stream().filter(each -> !kept.contains(each)).toList();
        List<FiredAt> byHit =
                kept.stream().map(each -> movedByHit(each, dropped)).distinct().toList();
        List<FiredAt> byLane =
                kept.stream().map(each -> movedByLane(each, dropped)).distinct().toList();
        return Stream.of(byHit, byLane)
                .filter(form -> form.size() == kept.size() && !form.equals(kept))
                .toList();
    }

    private static FiredAt movedByHit(FiredAt fault, List<FiredAt> dropped) {
        long fewer = dropped.stream()
                .filter(other ->
                        other.site() == fault.site() && other.lane() == fault.lane() && other.nth() < fault.nth())
                .mapToLong(FiredAt::nth)
                .distinct()
                .count();
        return fewer == 0 ? fault : fault.movedTo(fault.nth() - fewer);
    }

    private FiredAt movedByLane(FiredAt fault, List<FiredAt> dropped) {
        Matcher lane = numbered(fault);
        if (!lane.matches()) {
            return fault;
        }
        String kind = lane.group(1);
        int number = Integer.parseInt(lane.group(2));
        long fewer = dropped.stream()
                .filter(other -> other.site() == fault.site())
                .map(this::numbered)
                .filter(other -> other.matches() && other.group(1).equals(kind))
                .mapToInt(other -> Integer.parseInt(other.group(2)))
                .filter(other -> other < number)
                .distinct()
                .count();
        String name = kind + (number - fewer);
        int hash = FiredAt.hash(name);
        lanes.put(hash, name);
        return new FiredAt(fault.rule(), fault.site(), hash, fault.nth(), fault.halvings());
    }

    private Matcher numbered(FiredAt fault) {
        return NUMBERED.matcher(lanes.getOrDefault(fault.lane(), ""));
    }
}
