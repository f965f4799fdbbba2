// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster.internal;

import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a hot standby starts on: a copy of its primary, told to follow it.
 *
 * @param primary running
 * @param name of the standby, and of its slot at the primary
 */
public record StandbyData(PostgresServer primary, String name) implements ServerData {

    @Override
    public void writeTo(Path directory) throws IOException {
        reserve();
        BaseBackup.of(primary, directory);
        DataDirectory data = new DataDirectory(directory);
        data.forgetOrigin();
        data.configure(settings());
        data.signal("standby.signal");
    }

    /** The primary keeps from now on what the standby has not got. */
    public void reserve() {
        try (Admin admin = Admin.of(primary)) {
            admin.one("""
                    SELECT pg_create_physical_replication_slot(wanted, true) FROM (VALUES (?)) AS v(wanted)
                    WHERE wanted NOT IN (SELECT slot_name FROM pg_replication_slots)\
                    """, name);
        }
    }

    /** What has it follow. */
    public Map<String, String> settings() {
        return Map.of(
                "primary_conninfo",
                "host=" + primary.host() + " port=" + primary.port() + " user=" + primary.user() + " application_name="
                        + name,
                "primary_slot_name",
                name,
                "wal_retrieve_retry_interval",
                "20ms");
    }
}
