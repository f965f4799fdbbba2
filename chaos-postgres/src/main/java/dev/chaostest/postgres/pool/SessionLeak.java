// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.postgres.pool.SessionState.Fact;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Something that a borrower left in a session that went back to its pool.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param what the kind and the name: {@code setting search_path}
 * @param before what it was; empty where it was not there
 * @param after what it is now; empty where it is gone
 * @param borrower the frame of the code that had borrowed the connection, if one is known
 * @param statement a statement of the round that may have done it, as its site is called, if one is known
 * @since 0.1
 */
public record SessionLeak(
        String what,
        Optional<String> before,
        Optional<String> after,
        Optional<String> borrower,
        Optional<String> statement) {

    private static final String THERE = "there";

    /** What is different from before, sorted. */
    static List<SessionLeak> between(SessionState before, SessionState after) {
        TreeMap<String, SessionLeak> leaks = new TreeMap<>();
        for (Fact was : before.facts()) {
            if (!after.facts().contains(was)) {
                leaks.put(key(was), leak(was, Optional.of(value(was)), Optional.empty()));
            }
        }
        for (Fact is : after.facts()) {
            if (!before.facts().contains(is)) {
                Optional<String> old = Optional.ofNullable(leaks.get(key(is)))
                        .flatMap(SessionLeak::before)
                        .or(is::usual);
                leaks.put(key(is), leak(is, old, Optional.of(value(is))));
            }
        }
        return leaks.values().stream()
                .filter(leak -> !leak.before.equals(leak.after)) // set to what it is anyway, as HikariCP does
                .toList();
    }

    static SessionLeak transaction(String state) {
        return new SessionLeak("transaction", Optional.empty(), Optional.of(state), Optional.empty(), Optional.empty());
    }

    /** A role is one thing whatever its name is. */
    private static String key(Fact fact) {
        return fact.kind().equals("role") ? "role" : fact.kind() + " " + fact.name();
    }

    private static String value(Fact fact) {
        if (fact.kind().equals("role")) {
            return fact.name();
        }
        return fact.value().isEmpty() ? THERE : fact.value().replaceFirst("^= ", "");
    }

    private static SessionLeak leak(Fact fact, Optional<String> before, Optional<String> after) {
        return new SessionLeak(key(fact), before, after, Optional.empty(), Optional.empty());
    }

    /** As this, with who did it. */
    SessionLeak by(Optional<String> who, Optional<String> how) {
        return new SessionLeak(what, before, after, who, how);
    }

    @Override
    public String toString() {
        return what + " was " + quoted(before) + " and is " + quoted(after)
                + borrower.map(frame -> ", left by " + frame).orElse("")
                + statement.map(sql -> ", perhaps by " + sql).orElse("");
    }

    private static String quoted(Optional<String> value) {
        return value.map(text -> text.equals(THERE) ? "there" : "\"" + text + "\"")
                .orElse("not there");
    }
}
