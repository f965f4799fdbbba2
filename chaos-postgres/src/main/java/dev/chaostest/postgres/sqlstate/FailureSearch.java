// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Walks through what was thrown, the root of the trouble first. */
final class FailureSearch {

    /** A batch can chain as many exceptions as it has elements; and the walk uses the stack. */
    static final int LOOKED_AT_MAX = 1_000;

    private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Throwable> suppressed = new ArrayDeque<>();
    private final List<SqlFailure> found = new ArrayList<>();

    private FailureSearch() {}

    static Optional<SqlFailure> in(Throwable thrown) {
        FailureSearch search = new FailureSearch();
        search.follow(thrown, false);
        while (!search.suppressed.isEmpty()) {
            search.follow(search.suppressed.remove(), true);
        }
        return search.found.stream().min(rootFirst()); // of equal ones, min keeps the first
    }

    private static Comparator<SqlFailure> rootFirst() {
        return Comparator.comparing(SqlFailure::suppressed)
                .thenComparing(failure -> !failure.kind().isTelling())
                .thenComparing(failure -> failure.kind() == FailureKind.UNKNOWN);
    }

    private void follow(@Nullable Throwable thrown, boolean aside) {
        if (thrown == null || seen.size() >= LOOKED_AT_MAX || !seen.add(thrown)) {
            return;
        }
        follow(thrown.getCause(), aside);
        if (thrown instanceof SQLException sql) {
            found.add(failure(sql, aside));
            follow(sql.getNextException(), aside);
        }
        suppressed.addAll(List.of(thrown.getSuppressed()));
    }

    private static SqlFailure failure(SQLException sql, boolean aside) {
        Optional<SqlState> state = Optional.ofNullable(sql.getSQLState())
                .filter(SqlState::isWellFormed)
                .map(SqlState::new);
        FailureKind kind = state.map(FailureKind::of).orElseGet(() -> Catalogue.kind(sql));
        return new SqlFailure(kind, state, sql, aside);
    }
}
