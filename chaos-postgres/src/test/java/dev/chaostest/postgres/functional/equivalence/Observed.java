// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** The transcript of one play: what the caller saw, line by line. For the thread that plays. */
final class Observed {

    private static final Pattern IDENTITY = Pattern.compile("([\\w.$\\[;]{2,80})@[0-9a-f]{1,8}\\b");

    /** A port may have the number of an SQLSTATE: what is printed as a state is one. */
    private static final String STATE_BEFORE = "state=";

    private static final String STATE_BEHIND = "/\\d";

    private final List<String> lines = new ArrayList<>();
    private final Map<String, String> hidden = new LinkedHashMap<>();

    void saw(String what, @Nullable Object value) {
        lines.add(what + ": " + Print.value(value));
    }

    /** What came back, be it a value or an exception. */
    void outcome(String what, Callable<?> call) {
        try {
            saw(what, call.call());
        } catch (Exception thrown) {
            lines.addAll(Print.thrown(what, thrown));
        }
    }

    /** As {@link #outcome}, of a call that returns nothing. */
    void done(String what, ThrowingCallable call) {
        try {
            call.call();
            lines.add(what + ": done");
        } catch (Throwable thrown) {
            lines.addAll(Print.thrown(what, thrown));
        }
    }

    /** As {@link #done}, and whether it took so long; both bounds are far from what it takes on a busy machine. */
    void takes(String what, Duration atLeast, Duration atMost, ThrowingCallable call) {
        long begin = System.nanoTime();
        done(what, call);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        boolean fits = took.compareTo(atLeast) >= 0 && took.compareTo(atMost) <= 0;
        lines.add(what + (fits ? " took its time" : " took " + took));
    }

    /** Every row that is left, with the columns' names and types. */
    void rows(String what, @Nullable ResultSet rows) throws SQLException {
        if (rows == null) {
            saw(what, null);
        } else {
            lines.addAll(Print.rows(what, rows));
        }
    }

    void warnings(String what, @Nullable SQLWarning first) {
        int n = 0;
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            lines.addAll(Print.thrown(what + " " + ++n, warning));
        }
        saw(what, n);
    }

    /** What is different by its nature in every play: a process number, an oid. */
    void hide(Object value, String name) {
        hidden.put(String.valueOf(value), "<" + name + ">");
    }

    /** What was seen, with that hidden. */
    List<String> lines() {
        return masked(lines);
    }

    List<String> masked(List<String> texts) {
        String values = hidden.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|"));
        Pattern word = Pattern.compile(
                "(?<!" + STATE_BEFORE + ")(?<![0-9A-Za-z])(?:" + values + ")(?![0-9A-Za-z])(?!" + STATE_BEHIND + ")");
        return texts.stream()
                .map(text -> word.matcher(text).replaceAll(found -> hidden.getOrDefault(found.group(), "")))
                .map(text ->
                        text.indexOf('@') < 0 ? text : IDENTITY.matcher(text).replaceAll("$1@?"))
                .toList();
    }
}
