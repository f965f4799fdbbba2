// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.internal.Nearest;
import dev.chaostest.postgres.sweep.internal.Answer;
import dev.chaostest.postgres.sweep.internal.Desk;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a test has said about its sweep: kept over all rounds, but for its checks, which belong to one round. */
final class Promises {

    private static final int CHAIN_MAX = 100;

    private final Map<String, Invariant> invariants = new LinkedHashMap<>();
    private final Map<String, Sweep.Check> checks = new LinkedHashMap<>();
    private final Set<Class<? extends Throwable>> accepted = new LinkedHashSet<>();
    private final Set<String> ignored = new TreeSet<>();
    private boolean allOrNothing;
    private Desk desk;
    private Set<String> columns;

    /** @param columns those that are kept */
    Promises(Desk desk, Set<String> columns) {
        this.desk = desk;
        this.columns = columns;
    }

    /** What must stay the same. */
    private record Invariant(String name, String sql, String before) {}

    /** What is kept has been made anew, with the same in it. */
    synchronized void move(Desk other, Set<String> theirs) {
        desk = other;
        columns = theirs;
    }

    synchronized void invariant(String name, String sql) {
        requireNamed("invariant", name);
        Invariant known = invariants.get(name);
        if (known == null) {
            invariants.put(name, new Invariant(name, sql, ask(name, sql)));
        } else if (!known.sql.equals(sql)) {
            throw new ChaosException("Invariant \"" + name + "\" must be the same query in each round, but was \""
                    + known.sql + "\" and is \"" + sql + "\" now. Give each its own name.");
        }
    }

    private static void requireNamed(String what, String name) {
        if (name.isBlank()) {
            throw new ChaosException(
                    "The name of " + (what.startsWith("i") ? "an " : "a ") + what
                            + " must say what holds, but was blank. Use a word that you want to read in a red report, such as \"money\".");
        }
    }

    private String ask(String name, String sql) {
        try {
            return desk.ask(connection -> Answer.of(connection, sql));
        } catch (SQLException e) {
            throw new ChaosException(
                    "Invariant \"" + name + "\" must be a query that the database can answer, but it answered "
                            + e.getSQLState() + ". Try \"" + sql
                            + "\" in the schema of the test; it must only read. See the cause.",
                    e);
        }
    }

    synchronized void check(String name, Sweep.Check check) {
        requireNamed("check", name);
        if (checks.putIfAbsent(name, check) != null) {
            throw new ChaosException(
                    "Check \"" + name + "\" must be said once in a round, but was said twice. Give each its own name.");
        }
    }

    synchronized void accept(List<Class<? extends Throwable>> types) {
        accepted.addAll(types);
    }

    synchronized void allOrNothing() {
        requireKept("allOrNothing()");
        allOrNothing = true;
    }

    synchronized void ignore(List<String> names) {
        requireKept("ignoring(...)");
        for (String name : names) {
            if (!columns.contains(name)) {
                throw new ChaosException("ignoring(...) must name columns as table.column, but \"" + name
                        + "\" is none. Did you mean \"" + Nearest.of(name, columns) + "\"?");
            }
            ignored.add(name);
        }
    }

    private void requireKept(String what) {
        if (columns.isEmpty()) {
            throw new ChaosException(
                    what + " must have tables to compare, but this sweep has none of its own. Use @IsolatedSchema "
                            + "or @IsolatedDatabase, with a script that makes them.");
        }
    }

    /**
     * Before each round: the checks of the last one are over.
     *
     * @param asks whether to look that invariants are what they were
     */
    synchronized void begin(boolean asks) {
        checks.clear();
        if (!asks) {
            return;
        }
        for (Invariant each : invariants.values()) {
            String now = ask(each.name, each.sql);
            if (!now.equals(each.before)) {
                throw new ChaosException("Invariant \"" + each.name
                        + "\" must be the same before each round, but was " + each.before
                        + " when it was said, and is " + now
                        + " before the next round. Say it before the test writes, and leave out what changes by itself,"
                        + " such as now().");
            }
        }
    }

    /** What does not hold behind a round, one line each. */
    synchronized List<String> broken() {
        List<String> lines = new ArrayList<>();
        for (Invariant each : invariants.values()) {
            String now = now(each);
            if (!now.equals(each.before)) {
                lines.add(label(each.name) + "expected " + each.before + ", found " + now);
            }
        }
        checks.forEach((name, check) -> fail(name, check, lines));
        return lines;
    }

    private String now(Invariant invariant) {
        try {
            return ask(invariant.name, invariant.sql);
        } catch (ChaosException e) { // a definition that it needs was changed
            return "an error: " + e.getMessage();
        }
    }

    @SuppressWarnings("CatchingUnchecked") // whatever it is, it is told
    private static void fail(String name, Sweep.Check check, List<String> lines) {
        try {
            check.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lines.add(label(name) + "was interrupted");
        } catch (Exception | AssertionError e) {
            String text = e instanceof AssertionError ? String.valueOf(e.getMessage()) : e.toString();
            lines.add(label(name) + text.strip().replace("\n", "\n           "));
        }
    }

    /** As the labels of a report. */
    private static String label(String name) {
        return String.format("%-9s: ", name);
    }

    synchronized boolean isAccepted(Throwable thrown) {
        List<Throwable> chain = Stream.iterate(thrown, each -> each != null, Throwable::getCause)
                .limit(CHAIN_MAX)
                .toList();
        return chain.stream().noneMatch(AssertionError.class::isInstance)
                && chain.stream().anyMatch(each -> accepted.stream().anyMatch(type -> type.isInstance(each)));
    }

    synchronized boolean isAllOrNothing() {
        return allOrNothing;
    }

    synchronized Set<String> ignored() {
        return Set.copyOf(ignored);
    }

    @Override
    public synchronized String toString() {
        return invariants.size()
                + (invariants.size() == 1 ? " invariant and " : " invariants and ")
                + checks.size()
                + (checks.size() == 1 ? " check" : " checks");
    }
}
