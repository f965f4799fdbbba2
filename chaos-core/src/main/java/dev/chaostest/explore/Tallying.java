// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.explore.Outcome.Result;
import dev.chaostest.plan.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Counts what comes of the rounds of one sweep. */
final class Tallying {

    private static final String THE_SAME =
            "fault that would last, where the site was not reached again behind the fault";
    private static final String RED_ALREADY = "fault that would last, where it is red already when it strikes once";
    private static final String POINTLESS = "fault that would last, where it could not be had once";

    private final Counts pruned = new Counts();
    private final Counts leftOut = new Counts();
    private final Counts impossible = new Counts();
    private final Counts seen = new Counts();
    private final List<String> red = new ArrayList<>();
    private final List<String> notReached = new ArrayList<>();
    private final Set<String> remarks = new LinkedHashSet<>();
    private final Set<Site> underFault = new HashSet<>();
    private final Set<Point> broken = new HashSet<>();
    private Set<Site> clean = Set.of();
    /** By point and fault: why the same fault need not be tried as one that lasts. */
    private final Map<Struck, String> needless = new HashMap<>();

    private int points;
    private int rounds;
    private int green;

    Counts pruned() {
        return pruned;
    }

    void remark(String limit) {
        remarks.add(limit);
    }

    int rounds() {
        return rounds;
    }

    int red() {
        return red.size();
    }

    void planned(Recorded round, Recorded again) {
        points = round.points().size();
        clean = round.sites();
        if (round.dropped() > 0) {
            remarks.add(round.dropped() + (round.dropped() == 1 ? " arrival was" : " arrivals were")
                    + " too many to be looked at");
        }
        long differing = differing(round, again) + differing(again, round);
        if (differing > 0) {
            remarks.add(differing + (differing == 1 ? " arrival was" : " arrivals were")
                    + " in one of the two clean rounds only: what the test does differs from run to run");
        }
    }

    private static long differing(Recorded one, Recorded other) {
        Set<Object> there = other.points().stream().map(Tallying::place).collect(Collectors.toSet());
        return one.points().stream()
                .filter(point -> !there.contains(place(point)))
                .count();
    }

    private static Object place(Point point) {
        return point.isLaned() ? point.hit() : List.of(point.site(), point.nth());
    }

    void leftOut(String why, int variants) {
        leftOut.add(why, variants);
    }

    /** Whether a variant can't show anything that its twin has not shown. */
    boolean prunes(Variant variant) {
        String why = variant.lasts() ? needless.get(Struck.of(variant)) : null;
        if (why != null) {
            pruned.add(why);
        }
        return why != null;
    }

    void ended(Turn.Try tried, Outcome outcome, List<? extends Catalogue> catalogues) {
        boolean again = tried.first().isPresent();
        if (again) {
            red.add(tried.of().toString());
            broken.add(tried.of().point());
            return;
        }
        rounds++;
        outcome.counted().forEach(seen::add);
        see(outcome, catalogues);
        Variant variant = tried.of();
        if (!variant.lasts()) {
            String why = needless(outcome);
            if (why != null) {
                needless.put(Struck.of(variant), why);
            }
        }
        switch (outcome.result()) {
            case GREEN -> green++;
            case NOT_REACHED -> notReached.add(variant.toString());
            case IMPOSSIBLE ->
                impossible.add(variant.candidate().words() + " " + variant.what() + ": " + outcome.text());
            case RED -> {}
        }
    }

    private void see(Outcome outcome, List<? extends Catalogue> catalogues) {
        outcome.seen().keySet().stream()
                .filter(site -> !clean.contains(site))
                .filter(site -> catalogues.stream().anyMatch(each -> isPoint(each.role(site))))
                .forEach(underFault::add);
    }

    private static boolean isPoint(Catalogue.Role role) {
        return role == Catalogue.Role.POINT || role == Catalogue.Role.STREAM;
    }

    private static @Nullable String needless(Outcome outcome) {
        if (outcome.result() == Result.IMPOSSIBLE || outcome.result() == Result.NOT_REACHED) {
            return POINTLESS;
        }
        if (outcome.result() == Result.RED) {
            return RED_ALREADY;
        }
        return outcome.recurs() ? null : THE_SAME;
    }

    Verdict verdict(Choice choice, Duration took) {
        List<String> told = new ArrayList<>(remarks);
        if (!underFault.isEmpty()) {
            told.add(underFault.size() + (underFault.size() == 1 ? " site was" : " sites were")
                    + " only seen under a fault, and not swept: " + sites());
        }
        return new Verdict(
                points,
                broken.size(),
                rounds,
                green,
                red,
                notReached,
                impossible.all(),
                pruned.all(),
                leftOut.all(),
                seen.all(),
                told,
                problem(choice),
                took);
    }

    private String sites() {
        return underFault.stream().sorted().limit(5).map(Site::toString).collect(Collectors.joining(", "))
                + (underFault.size() > 5 ? " ..." : "");
    }

    private @Nullable String problem(Choice choice) {
        if (rounds > 0 || leftOut.sum() > 0) {
            return null;
        }
        if (points == 0) {
            return "A sweep must see the test arrive somewhere, but nothing arrived. Have the code under test use the "
                    + "DataSource that is handed to the test method, or an object that is wrapped with @ChaosWrap.";
        }
        return choice.only().isEmpty()
                ? "A sweep must have something to try, but of " + points + " points none can meet a fault that was "
                        + "chosen. Choose other faults, or leave them out for all."
                : "A replayed sweep must have the variant of its token, but there is none of that id any more: what"
                        + " the test does has changed. Run the whole sweep.";
    }

    private record Struck(Point point, String fault) {
        static Struck of(Variant variant) {
            return new Struck(variant.point(), variant.candidate().words());
        }
    }
}
