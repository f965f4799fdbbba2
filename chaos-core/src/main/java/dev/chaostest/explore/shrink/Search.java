// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore.shrink;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Where shrinking stands: what is red for sure, and what to try in its place. Never tries the same twice. */
final class Search<F> {

    private final Shift<F> shift;
    private final List<Change<F>> changes;
    private final Set<List<F>> known = new HashSet<>();
    private final List<List<F>> queue = new ArrayList<>();
    private List<F> best;
    private boolean isDropping = true;
    private int parts = 2;
    private int change;
    private int place;

    Search(List<F> faults, Shift<F> shift, List<Change<F>> changes) {
        this.shift = shift;
        this.best = List.copyOf(faults);
        this.changes = List.copyOf(changes);
        known.add(best);
        queue.add(List.of());
        queue.addAll(halvesAndRests());
        advance();
    }

    List<F> best() {
        return best;
    }

    /** What to try next; empty at the end. */
    Optional<List<F>> candidate() {
        return queue.isEmpty() ? Optional.empty() : Optional.of(queue.get(0));
    }

    /** Takes what became of that. */
    void told(boolean isRed) {
        List<F> candidate = queue.remove(0);
        known.add(candidate);
        if (isRed) {
            queue.clear();
            boolean isRest = candidate.size() * 2 > best.size();
            parts = Math.max(2, isRest ? parts - 1 : 2);
            best = candidate;
            queue.addAll(isDropping ? halvesAndRests() : simpler());
        }
        advance();
    }

    private void advance() {
        queue.removeIf(known::contains);
        while (queue.isEmpty() && !isAtEnd()) {
            step();
            queue.removeIf(known::contains);
        }
    }

    private boolean isAtEnd() {
        return !isDropping && change >= changes.size();
    }

    /** On to smaller parts; then to the next fault, and to the next way of changing it. */
    private void step() {
        if (isDropping) {
            isDropping = parts < best.size();
            parts = Math.min(parts * 2, Math.max(2, best.size()));
            queue.addAll(isDropping ? halvesAndRests() : simpler());
        } else if (place + 1 < best.size()) {
            place++;
            queue.addAll(simpler());
        } else {
            place = 0;
            change++;
            queue.addAll(simpler());
        }
    }

    /** Each part by itself; then, where there are more than two, all but each part. */
    private List<List<F>> halvesAndRests() {
        List<List<F>> single = new ArrayList<>();
        List<List<F>> rests = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int from = part * best.size() / parts;
            int to = (part + 1) * best.size() / parts;
            single.add(List.copyOf(best.subList(from, to)));
            List<F> rest = new ArrayList<>(best.subList(0, from));
            rest.addAll(best.subList(to, best.size()));
            rests.add(List.copyOf(rest));
        }
        if (parts > 2) {
            single.addAll(rests);
        }
        return single.stream().flatMap(this::forms).toList();
    }

    private Stream<List<F>> forms(List<F> kept) {
        return Stream.concat(Stream.of(kept), shift.forms(best, kept).stream().map(List::copyOf));
    }

    private List<List<F>> simpler() {
        if (best.isEmpty() || isAtEnd()) {
            return List.of();
        }
        List<List<F>> candidates = new ArrayList<>();
        for (F other : changes.get(change).simpler(best.get(place))) {
            if (!best.contains(other)) {
                List<F> candidate = new ArrayList<>(best);
                candidate.set(place, other);
                candidates.add(List.copyOf(candidate));
            }
        }
        return candidates;
    }
}
