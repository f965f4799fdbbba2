// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.internal.Amount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Draws a wait graph: a column for each length of the way to whom everybody waits for in the end. */
final class WaitDrawing {

    private static final int NODES_MAX = 60;
    private static final int LINE_CHARACTERS = 44;
    private static final int WIDTH = 330;
    private static final int HEIGHT = 76;
    private static final int GAP_X = 90;
    private static final int GAP_Y = 26;
    private static final int MARGIN = 20;
    private static final int TITLE = 34;
    private static final int LINE = 17;

    private final WaitGraph graph;
    private final List<Blocking> edges;
    private final ServerState state;
    private final Set<Integer> own;
    private final Map<Integer, Place> places = new LinkedHashMap<>();
    private final Set<Blocking> circles = new HashSet<>();
    private final StringBuilder svg = new StringBuilder();

    WaitDrawing(WaitGraph graph, Set<Integer> own) {
        this.graph = graph;
        this.edges = graph.edges();
        this.state = graph.state();
        this.own = own;
        place();
        for (List<Integer> cycle : graph.cycles()) {
            for (int i = 0; i < cycle.size(); i++) {
                circles.add(new Blocking(cycle.get(i), cycle.get((i + 1) % cycle.size())));
            }
        }
    }

    /** Who waits for nobody is in the last column. Those who have nothing to do with each other stand in rows of their own. */
    private void place() {
        Set<Integer> left =
                new LinkedHashSet<>(graph.nodes().stream().limit(NODES_MAX).toList());
        Map<Integer, Integer> depths = new HashMap<>();
        left.forEach(node -> depth(node, depths, new HashSet<>()));
        int last = depths.values().stream().max(Integer::compare).orElse(0);
        int top = 0;
        while (!left.isEmpty()) {
            List<Integer> group = related(left.iterator().next(), left);
            left.removeAll(group);
            Map<Integer, Integer> rows = new HashMap<>();
            for (int node : group) {
                int column = last - depths.getOrDefault(node, 0);
                int row = top + rows.merge(column, 1, Integer::sum) - 1;
                places.put(node, new Place(MARGIN + column * (WIDTH + GAP_X), TITLE + MARGIN + row * (HEIGHT + GAP_Y)));
            }
            top += rows.values().stream().max(Integer::compare).orElse(0);
        }
    }

    private List<Integer> related(int first, Set<Integer> among) {
        List<Integer> group = new ArrayList<>(List.of(first));
        for (int i = 0; i < group.size(); i++) {
            int node = group.get(i);
            edges.stream()
                    .filter(edge -> edge.waiting() == node || edge.blocking() == node)
                    .map(edge -> edge.waiting() == node ? edge.blocking() : edge.waiting())
                    .filter(other -> among.contains(other) && !group.contains(other))
                    .distinct()
                    .forEach(group::add);
        }
        return group;
    }

    private int depth(int node, Map<Integer, Integer> depths, Set<Integer> above) {
        Integer known = depths.get(node);
        if (known != null) {
            return known;
        }
        above.add(node);
        int depth = 0;
        for (Blocking edge : edges) {
            if (edge.waiting() == node && !above.contains(edge.blocking())) {
                depth = Math.max(depth, 1 + depth(edge.blocking(), depths, above));
            }
        }
        above.remove(node);
        depths.put(node, depth);
        return depth;
    }

    String svg() {
        int width = places.values().stream().mapToInt(Place::x).max().orElse(MARGIN) + WIDTH + MARGIN;
        int height = places.values().stream().mapToInt(Place::y).max().orElse(TITLE) + HEIGHT + MARGIN;
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                        .formatted(width, height, width, height))
                .append("font-family=\"monospace\" font-size=\"12\">\n")
                .append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n")
                .append("<defs>");
        arrow("a", "#555555");
        arrow("r", "#c62828");
        svg.append("</defs>\n");
        text(MARGIN, TITLE - 10, title(), "font-size=\"14\" fill=\"#222222\"");
        edges.forEach(this::edge);
        places.forEach(this::node);
        return svg.append("</svg>\n").toString();
    }

    private String title() {
        int left = graph.nodes().size() - places.size();
        return (graph.isEmpty() ? "Nobody waits for anybody" : "Who waits for whom") + " in " + state.database()
                + " at " + state.takenAt()
                + (left > 0 ? "; " + Amount.of(left, "more session is", "more sessions are") + " not drawn" : "");
    }

    private void arrow(String id, String color) {
        svg.append("<marker id=\"")
                .append(id)
                .append("\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" ");
        svg.append("markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"")
                .append(color)
                .append("\"/></marker>");
    }

    /** Back to the left, as in a circle, it goes round below. */
    private void edge(Blocking edge) {
        Place from = places.get(edge.waiting());
        Place to = places.get(edge.blocking());
        if (from == null || to == null) {
            return;
        }
        boolean circle = circles.contains(edge);
        String way = from.x() < to.x() ? ahead(from, to) : back(from, to);
        svg.append("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" marker-end=\"url(#%s)\"/>\n"
                .formatted(way, circle ? "#c62828" : "#555555", circle ? "2" : "1.3", circle ? "r" : "a"));
    }

    private static String ahead(Place from, Place to) {
        int x = from.x() + WIDTH;
        int y = from.y() + HEIGHT / 2;
        int end = to.y() + HEIGHT / 2;
        return "M%d %d C%d %d %d %d %d %d".formatted(x, y, x + GAP_X / 2, y, to.x() - GAP_X / 2, end, to.x(), end);
    }

    private static String back(Place from, Place to) {
        int x = from.x() + WIDTH / 2;
        int y = from.y() + HEIGHT;
        int end = to.x() + WIDTH / 2 - 20;
        int bottom = Math.max(y, to.y() + HEIGHT) + GAP_Y;
        return "M%d %d C%d %d %d %d %d %d".formatted(x, y, x, bottom, end, bottom, end, to.y() + HEIGHT);
    }

    private void node(int pid, Place at) {
        boolean waits = edges.stream().anyMatch(edge -> edge.waiting() == pid);
        svg.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\" stroke=\"#444444\" "
                .formatted(at.x(), at.y(), WIDTH, HEIGHT, waits ? "#fff3e0" : "#e3f2fd"));
        svg.append("stroke-width=\"").append(own.contains(pid) ? 3 : 1).append("\"/>\n");
        int y = at.y() + LINE;
        for (String line : lines(pid)) {
            text(at.x() + 10, y, line, y == at.y() + LINE ? "font-weight=\"bold\"" : "");
            y += LINE;
        }
    }

    private List<String> lines(int pid) {
        if (pid == Blocking.PREPARED) {
            List<String> lines = new ArrayList<>(List.of("prepared transaction"));
            state.prepared().stream().limit(3).forEach(each -> lines.add("\"" + each.gid() + "\""));
            return lines;
        }
        return state.session(pid).map(this::lines).orElse(List.of("pid " + pid, "has ended"));
    }

    private List<String> lines(Activity session) {
        List<String> lines = new ArrayList<>();
        String doing = session.isHidden()
                ? session.user() + ", hidden"
                : session.state().orElse("") + " " + Ages.since(session.stateChange(), state.takenAt());
        lines.add("pid " + session.pid() + " · " + doing);
        lines.add(endOf(session.application()));
        state.locksOf(session.pid()).stream()
                .filter(lock -> !lock.granted())
                .findFirst()
                .ifPresent(lock -> lines.add("wants " + lock.mode() + " on " + lock.target()));
        lines.add(Ages.oneLine(session.query()));
        return lines;
    }

    /** The name of a test says most at its end. */
    private static String endOf(String name) {
        return name.length() <= LINE_CHARACTERS ? name : "…" + name.substring(name.length() - LINE_CHARACTERS + 1);
    }

    private void text(int x, int y, String text, String style) {
        svg.append("<text x=\"%d\" y=\"%d\" ".formatted(x, y)).append(style).append('>');
        String shown = style.contains("font-size") || text.length() <= LINE_CHARACTERS
                ? text
                : text.substring(0, LINE_CHARACTERS - 1) + "…";
        svg.append(XmlText.escaped(shown)).append("</text>\n");
    }

    private record Place(int x, int y) {}
}
