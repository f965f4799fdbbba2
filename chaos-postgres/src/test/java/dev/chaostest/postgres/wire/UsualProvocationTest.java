// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.sqlstate.Aftermath;
import dev.chaostest.postgres.sqlstate.SqlStates;
import dev.chaostest.postgres.sqlstate.StateEntry;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the wire does about a state, and what the catalogue says about it: one truth. */
class UsualProvocationTest {

    static Stream<StateEntry> inASession() {
        return SqlStates.all().stream().filter(entry -> entry.aftermath() != Aftermath.NO_SESSION);
    }

    static Stream<StateEntry> all() {
        return SqlStates.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inASession")
    void catalogueSaysHowTrueItIs(StateEntry entry) {
        assertThat(Provocation.usual(entry.state()).cause()).isEqualTo(entry.provoked());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void whatComesAtConnectOnlyLeavesNoSession(StateEntry entry) {
        if (Provocation.isAtConnectOnly(entry.state())) {
            assertThat(entry.aftermath()).isEqualTo(Aftermath.NO_SESSION);
        }
    }
}
