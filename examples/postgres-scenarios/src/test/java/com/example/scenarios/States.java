// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import dev.chaostest.postgres.sqlstate.SqlFailure;
import dev.chaostest.postgres.sqlstate.SqlState;
import dev.chaostest.work.Classifier;
import java.util.Set;

/** Expects failures by their SQLSTATE, and nothing else. */
final class States {

    private States() {}

    static Classifier expecting(String... states) {
        Set<String> expected = Set.of(states);
        return failure -> SqlFailure.of(failure)
                .flatMap(SqlFailure::state)
                .map(SqlState::code)
                .filter(expected::contains);
    }
}
