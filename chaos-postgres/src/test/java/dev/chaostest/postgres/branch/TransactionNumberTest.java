// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.cluster.AcknowledgedWrites;
import dev.chaostest.postgres.cluster.ClusterFixture;
import dev.chaostest.postgres.cluster.Db;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerProcess;
import dev.chaostest.postgres.server.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The number of a transaction names another one after a restore or a crash; a row that it wrote does not. */
class TransactionNumberTest extends ClusterFixture {

    @Test
    void liesAfterARestore() throws SQLException {
        Branch main = Branches.open(scope, installation).main();
        watch(List.of(main.server()));
        AcknowledgedWrites writes = create(main.server());
        RestorePoint before = main.mark("before");
        long gone = write(main.server(), writes);

        main.restore(before);

        theNumberLies(main.server(), writes, gone);
    }

    @Test
    void liesAfterACrash() throws SQLException {
        PostgresServer server = Branches.open(scope, installation).main().server();
        watch(List.of(server));
        AcknowledgedWrites writes = create(server);
        try (Connection client = Db.connect(server.jdbcUrl())) {
            // Else it would flush what is committed lazily.
            new ServerProcess(server, Long.parseLong(Db.query(client, """
                    SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'"""))).freeze();
        }
        long gone = write(server, writes);

        server.stop(StopMode.CRASH);
        server.start();

        theNumberLies(server, writes, gone);
    }

    private static AcknowledgedWrites create(PostgresServer server) throws SQLException {
        try (Connection client = Db.connect(server.jdbcUrl())) {
            return AcknowledgedWrites.create(client);
        }
    }

    private static long write(PostgresServer server, AcknowledgedWrites writes) throws SQLException {
        try (Connection client = Db.connect(server.jdbcUrl())) {
            Db.execute(client, "SET synchronous_commit = off");
            client.setAutoCommit(false);
            long marker = writes.mark(client);
            long number = Long.parseLong(Db.query(client, "SELECT pg_current_xact_id()"));
            client.commit();
            writes.acknowledged(marker);
            assertThat(status(client, number)).isEqualTo("committed");
            return number;
        }
    }

    private static void theNumberLies(PostgresServer server, AcknowledgedWrites writes, long gone) throws SQLException {
        try (Connection client = Db.connect(server.jdbcUrl())) {
            long number;
            do { // somebody else's, of no importance
                number = Long.parseLong(Db.query(client, "SELECT pg_current_xact_id()"));
            } while (number < gone);

            assertThat(status(client, gone)).as("it lies").isEqualTo("committed");
            assertThat(writes.audit(client).lost()).containsExactly(1L);
        }
    }

    private static String status(Connection client, long number) throws SQLException {
        return Db.query(client, "SELECT pg_xact_status('" + number + "')");
    }
}
