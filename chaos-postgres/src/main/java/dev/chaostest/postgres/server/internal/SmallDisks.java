// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.plan.FaultUnavailableException;
import dev.chaostest.postgres.server.ServerDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * File systems in memory that only one server and its shell see. They go with these processes, however those end.
 *
 * @param prefix what goes before the shell's command, so that it may mount
 * @param bytes how large each is
 */
record SmallDisks(List<String> prefix, Map<ServerDisk, Long> bytes) {
    static final SmallDisks NONE = new SmallDisks(List.of(), Map.of());

    private static final long MEGABYTE = 1 << 20;
    private static final long WAL_MIN = 32;

    /** @throws FaultUnavailableException if this account may not mount here */
    static SmallDisks choose(Map<ServerDisk, Long> bytes, Host host, Path place) {
        if (bytes.isEmpty()) {
            return NONE;
        }
        List<String> tried = new ArrayList<>();
        for (List<String> prefix : List.of(List.of("unshare", "-m"), List.of("unshare", "-Urm"))) {
            List<String> trial = new ArrayList<>(prefix);
            trial.addAll(List.of("mount", "-t", "tmpfs", "-o", "size=1m", "none", place.toString()));
            Commands.Outcome outcome = new Commands(host, "C").run(trial);
            if (outcome.isSuccess()) {
                return new SmallDisks(prefix, bytes);
            }
            tried.add(String.join(" ", prefix) + " (" + outcome.output() + ")");
        }
        throw new FaultUnavailableException("A small disk must be mounted for the server, but this account may not."
                + " Tried: " + String.join("; ", tried) + ". That takes Linux with util-linux, and either root with"
                + " CAP_SYS_ADMIN or user namespaces that are allowed to everybody.");
    }

    boolean isNone() {
        return bytes.isEmpty();
    }

    /** As whom the server runs: as root inside, where we are not root outside, and root is refused. */
    ProcessUser user(ProcessUser outside) {
        return isNone() || outside.isStranger() ? outside : new ProcessUser.UserNamespace();
    }

    /** Settings that keep the log from filling its disk by itself. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        bytes.forEach((disk, size) -> {
            if (disk != ServerDisk.TABLESPACE) {
                settings.put("max_wal_size", Math.max(WAL_MIN, size / 4 / MEGABYTE) + "MB");
                settings.put("min_wal_size", "32MB");
            }
        });
        return settings;
    }

    /** Mounts them all. */
    void mount(Supervisor supervisor) throws IOException {
        for (ServerDisk disk : ServerDisk.values()) { // data before what is in it
            Long size = bytes.get(disk);
            if (size != null) {
                supervisor.mount(directory(disk), size);
            }
        }
    }

    /** Where it is, below the server's directory. */
    static String directory(ServerDisk disk) {
        return switch (disk) {
            case DATA -> "data";
            case WAL -> "data/pg_wal";
            case TABLESPACE -> "tablespace";
        };
    }
}
