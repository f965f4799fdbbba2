// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.sqlstate.Aftermath;
import dev.chaostest.postgres.sqlstate.SqlStates;
import dev.chaostest.postgres.sqlstate.StateEntry;
import dev.chaostest.postgres.wire.ServerError;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InjectionTest {

    static Stream<StateEntry> inASession() {
        return SqlStates.all().stream().filter(entry -> entry.aftermath() != Aftermath.NO_SESSION);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inASession")
    void catalogueSaysWhetherTheSessionEnds(StateEntry entry) {
        ServerError error = ServerError.of(entry.state().code());

        assertThat(Injection.endsTheSession(error.how())).isEqualTo(entry.aftermath() == Aftermath.SESSION_OVER);
    }
}
