// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import dev.chaostest.postgres.functional.WireTestServer;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

@Timeout(120)
class ReplicationTest {

    @Test
    void commandsOfAReplicationConnection() {
        Both.same(stage -> {
            Connection walsender = stage.connect(
                    "replication", "database", "preferQueryMode", "simple", "assumeMinServerVersion", "15");
            try (Statement statement = walsender.createStatement();
                    ResultSet system = statement.executeQuery("IDENTIFY_SYSTEM")) {
                stage.seen().saw("columns", system.getMetaData().getColumnCount());
                system.next();
                stage.seen().saw("database", system.getString("dbname"));
            }
            stage.run(walsender, "SHOW server_encoding");
            stage.run(walsender, "SELECT 1");
            stage.run(walsender, "NONSENSE");
        });
    }

    /** Both sides talk at the same time. */
    @Test
    void streamOfTheLog() {
        Both.same(stage -> {
            stage.wire(Stage.Wire.VARIES); // how often the driver reports depends on the time
            Connection walsender = stage.connect(
                    "replication", "database", "preferQueryMode", "simple", "assumeMinServerVersion", "15");
            LogSequenceNumber now;
            try (Connection other = stage.other()) {
                now = LogSequenceNumber.valueOf(WireTestServer.read(other, "SELECT pg_current_wal_flush_lsn()"));
                other.createStatement().execute("CREATE TABLE t AS SELECT generate_series(1, 1000) n");
            }
            PGReplicationStream stream = walsender
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .physical()
                    .withStartPosition(now)
                    .start();
            ByteBuffer some = stream.read();
            stage.seen().saw("something came", some.remaining() > 0);
            stream.setFlushedLSN(stream.getLastReceiveLSN());
            stream.forceUpdateStatus();
            stage.seen().done("close", stream::close);
            stage.seen().saw("closed", stream.isClosed());
            stage.run(walsender, "SHOW server_encoding");
        });
    }
}
