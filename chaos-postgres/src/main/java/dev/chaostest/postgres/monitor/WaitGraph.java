// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whom on a PostgreSQL, as a graph.
 *
 * <p>Its nodes are process ids, its edges lead from the session that waits to the one that it waits for. A cycle is a deadlock
 * that the server has not looked for yet: it does so after {@code deadlock_timeout}.
 *
 * <pre>{@code
 * WaitGraph graph = ServerState.read(bank).waitGraph();
 * assertThat(graph.cycles()).as("%s", graph.lines(Set.of())).isEmpty();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Bounded as {@link ServerState} is: at most 200 sessions.
 *
 * @param state what it is drawn from
 * @since 0.1
 */
public record WaitGraph(ServerState state) {

    /** The process ids that wait or are waited for, in ascending order; {@link Blocking#PREPARED} among them. */
    public List<Integer> nodes() {
        Set<Integer> nodes = new TreeSet<>();
        edges().forEach(edge -> nodes.addAll(List.of(edge.waiting(), edge.blocking())));
        return List.copyOf(nodes);
    }

    /** Who waits for whom. */
    public List<Blocking> edges() {
        return state.blockings();
    }

    /** Whether nobody waits. */
    public boolean isEmpty() {
        return edges().isEmpty();
    }

    /**
     * Sessions that wait for each other in a circle, each circle from its lowest process id on. Of circles that share a
     * session, only the shortest is told.
     */
    public List<List<Integer>> cycles() {
        Map<Integer, List<Integer>> edges = adjacent();
        Set<Integer> told = new HashSet<>();
        List<List<Integer>> cycles = new ArrayList<>();
        for (int node : nodes()) {
            List<Integer> cycle = told.contains(node) ? List.of() : cycleThrough(node, edges);
            if (!cycle.isEmpty() && cycle.stream().noneMatch(told::contains)) {
                told.addAll(cycle);
                cycles.add(fromTheLowest(cycle));
            }
        }
        return List.copyOf(cycles);
    }

    private static List<Integer> fromTheLowest(List<Integer> cycle) {
        int at = cycle.indexOf(cycle.stream().min(Integer::compare).orElseThrow());
        return Stream.concat(cycle.subList(at, cycle.size()).stream(), cycle.subList(0, at).stream())
                .toList();
    }

    /** The shortest way back to where it began; empty if there is none. */
    private static List<Integer> cycleThrough(int start, Map<Integer, List<Integer>> edges) {
        Map<Integer, Integer> cameFrom = new HashMap<>();
        Deque<Integer> next = new ArrayDeque<>(List.of(start));
        while (!next.isEmpty()) {
            int node = next.removeFirst();
            for (int to : edges.getOrDefault(node, List.of())) {
                if (to == start) {
                    return way(start, node, cameFrom);
                }
                if (cameFrom.putIfAbsent(to, node) == null) {
                    next.addLast(to);
                }
            }
        }
        return List.of();
    }

    private static List<Integer> way(int start, int end, Map<Integer, Integer> cameFrom) {
        Deque<Integer> way = new ArrayDeque<>();
        for (int node = end; node != start; node = cameFrom.getOrDefault(node, start)) {
            way.addFirst(node);
        }
        way.addFirst(start);
        return List.copyOf(way);
    }

    /**
     * The most sessions in a row of which each waits for the next, the first waiter in front. In a circle it ends before it
     * would come again. Empty if nobody waits.
     */
    public List<Integer> longestChain() {
        Map<Integer, List<Integer>> edges = adjacent();
        Set<Integer> waitedFor = edges.values().stream().flatMap(List::stream).collect(Collectors.toSet());
        Map<Integer, Step> known = new HashMap<>();
        // from where nobody waits for on: who begins in a circle would cut the ways of those who wait for it
        Stream.concat(
                        nodes().stream().filter(node -> !waitedFor.contains(node)),
                        nodes().stream().filter(waitedFor::contains))
                .forEach(node -> walk(node, edges, known, new HashSet<>()));
        List<Integer> chain = new ArrayList<>();
        known.entrySet().stream()
                .max(Map.Entry.<Integer, Step>comparingByValue(Comparator.comparingInt(Step::length))
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .ifPresent(first -> {
                    for (@Nullable Integer node = first.getKey(); node != null; node = next(known, node)) {
                        chain.add(node);
                    }
                });
        return List.copyOf(chain);
    }

    private static @Nullable Integer next(Map<Integer, Step> known, int node) {
        Step step = known.get(node);
        return step == null ? null : step.next();
    }

    private static int walk(int node, Map<Integer, List<Integer>> edges, Map<Integer, Step> known, Set<Integer> above) {
        Step before = known.get(node);
        if (before != null) {
            return before.length();
        }
        above.add(node);
        Step longest = new Step(1, null);
        for (int to : edges.getOrDefault(node, List.of())) {
            int length = above.contains(to) ? 0 : 1 + walk(to, edges, known, above);
            longest = length > longest.length() ? new Step(length, to) : longest;
        }
        above.remove(node);
        known.put(node, longest);
        return longest.length();
    }

    /** How many sessions the longest way from here has, and where it goes. */
    private record Step(int length, @Nullable Integer next) {}

    private Map<Integer, List<Integer>> adjacent() {
        Map<Integer, List<Integer>> edges = new HashMap<>();
        edges().forEach(edge ->
                edges.computeIfAbsent(edge.waiting(), any -> new ArrayList<>()).add(edge.blocking()));
        return edges;
    }

    /**
     * As text: chains, each from a session on for which nobody waits; at most about 200 lines.
     *
     * @param own the process ids whose chains come first
     */
    public List<String> lines(Set<Integer> own) {
        return new WaitChains(state, own).lines();
    }

    /**
     * As a picture: an SVG document that needs nothing else. Who waits stands left of whom it waits for; circles are red.
     * At most 60 sessions are drawn.
     *
     * @param own the process ids to draw with a thick frame
     */
    public String svg(Set<Integer> own) {
        return new WaitDrawing(this, own).svg();
    }
}
