// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.postgres.cluster.internal.Admin;
import dev.chaostest.postgres.cluster.internal.Wal;
import dev.chaostest.postgres.server.PostgresServer;
import java.util.List;
import java.util.stream.Collectors;

/** Whether more than one server, or none, takes writes. */
final class SplitBrain {

    private SplitBrain() {}

    static List<PostgresServer> writable(List<PostgresServer> servers) {
        return servers.stream()
                .filter(PostgresServer::isRunning)
                .filter(SplitBrain::takesWrites)
                .toList();
    }

    private static boolean takesWrites(PostgresServer server) {
        try (Admin admin = Admin.of(server)) {
            return admin.is("SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'");
        }
    }

    static void requireOne(List<PostgresServer> servers) {
        List<PostgresServer> writable = writable(servers);
        if (writable.size() != 1) {
            throw new AssertionError("One server of a cluster must take writes, but "
                    + (writable.isEmpty()
                            ? "none does. Promote a standby."
                            : writable.size() + " do. Fence the old one before you promote another.")
                    + servers.stream().map(SplitBrain::line).collect(Collectors.joining()));
        }
    }

    private static String line(PostgresServer server) {
        return "\n  port " + server.port() + " : " + state(server);
    }

    private static String state(PostgresServer server) {
        if (!server.isRunning()) {
            return "stopped";
        }
        if (!takesWrites(server)) {
            return "takes no writes";
        }
        try (Admin admin = Admin.of(server)) {
            Wal wal = Wal.of(admin);
            return "takes writes, on timeline " + wal.timeline() + " at " + wal.lsn();
        }
    }
}
