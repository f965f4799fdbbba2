// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** What a sweep can try after its clean round: each point with each fault that is possible there, and what it leaves out. */
final class Variants {

    private static final String NOT_CHOSEN = "fault that was not chosen";

    private final Choice choice;
    private final Counts pruned;
    private final List<Variant> all = new ArrayList<>();

    private Variants(Choice choice, Counts pruned) {
        this.choice = choice;
        this.pruned = pruned;
    }

    /**
     * All that are to be tried, in order: those that strike once come before those that last, so that a short budget sees every
     * point.
     *
     * @param pruned counts what is left out, and why
     */
    static Deque<Variant> of(Recorded round, List<? extends Catalogue> catalogues, Choice choice, Counts pruned) {
        Variants variants = new Variants(choice, pruned);
        List<Found> found = new ArrayList<>();
        inSteadyOrder(round.points()).forEach(point -> variants.find(point, round, catalogues, found));
        found.forEach(each -> variants.add(each, false));
        found.stream().filter(each -> each.candidate.canLast()).forEach(each -> variants.add(each, true));
        return variants.inOrder();
    }

    /** Who of several threads comes first differs from run to run: those points are in the order of their lanes. */
    private static List<Point> inSteadyOrder(List<Point> points) {
        List<Point> ordered = new ArrayList<>(points);
        ordered.sort(Comparator.comparing(each -> each.isLaned() ? each.lane().name() : ""));
        return ordered;
    }

    private void find(Point point, Recorded round, List<? extends Catalogue> catalogues, List<Found> found) {
        Catalogue knows = catalogues.stream()
                .filter(each -> each.role(point.site()) != Catalogue.Role.NONE)
                .findFirst()
                .orElseThrow();
        Possible possible = knows.at(point, round);
        possible.pruned().forEach(pruned::add);
        for (Candidate candidate : possible.candidates()) {
            if (choice.isOf(candidate)) {
                found.add(new Found(point, knows.naming(point.site()), candidate));
            } else if (!candidate.onlyNamed()) {
                pruned.add(NOT_CHOSEN);
            }
        }
    }

    private void add(Found found, boolean lasts) {
        all.add(new Variant(all.size() + 1, found.point, found.what, found.candidate, lasts));
    }

    private Deque<Variant> inOrder() {
        Deque<Variant> queue = new ArrayDeque<>();
        all.stream().filter(each -> choice.first().contains(each.id())).forEach(queue::add);
        all.stream().filter(each -> !choice.first().contains(each.id())).forEach(queue::add);
        queue.removeIf(each -> !choice.only().isEmpty() && !choice.only().contains(each.id()));
        return queue;
    }

    private record Found(Point point, String what, Candidate candidate) {}
}
