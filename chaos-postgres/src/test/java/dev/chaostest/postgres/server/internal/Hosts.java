// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.nio.file.Path;
import java.util.Map;

/** This machine, with one thing changed. */
final class Hosts {
    private Hosts() {}

    static Host of(String osName, String osArch, boolean musl) {
        Host host = Host.current();
        return new Host(
                osName,
                osArch,
                musl,
                host.uid(),
                host.user(),
                host.home(),
                host.temporary(),
                host.memory(),
                host.room(),
                host.environment());
    }

    /** A home and a temporary directory below another, and no variables besides those given. */
    static Host at(Path home, Path temporary, Map<String, String> environment) {
        Host host = Host.current();
        return new Host(
                host.osName(),
                host.osArch(),
                host.musl(),
                host.uid(),
                host.user(),
                home,
                temporary,
                host.memory(),
                host.room(),
                environment);
    }

    static Host withRoom(Path memory, long room) {
        Host host = Host.current();
        return new Host(
                host.osName(),
                host.osArch(),
                host.musl(),
                host.uid(),
                host.user(),
                host.home(),
                host.temporary(),
                memory,
                directory -> room,
                host.environment());
    }

    /** A machine whose commands are those in one directory. */
    static Host withPath(Path commands) {
        Host host = Host.current();
        return at(host.home(), host.temporary(), Map.of("PATH", commands.toString()));
    }
}
