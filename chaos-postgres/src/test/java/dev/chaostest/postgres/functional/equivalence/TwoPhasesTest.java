// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chaostest.postgres.functional.WireTestServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.core.BaseConnection;
import org.postgresql.xa.PGXADataSource;

@Timeout(120)
class TwoPhasesTest {

    private static final String TABLE = "CREATE TABLE t (id int PRIMARY KEY)";

    /** Servers of others have none by default. */
    @BeforeAll
    static void serverPreparesTransactions() throws SQLException {
        assumeTrue(WireTestServer.setting("max_prepared_transactions") > 0, "max_prepared_transactions is 0");
    }

    private static String state(Connection connection) throws SQLException {
        return connection.unwrap(BaseConnection.class).getTransactionState().name();
    }

    @Test
    void twoPhases() {
        Both.same(stage -> {
            stage.given(TABLE);
            Connection connection = stage.connect();
            String gid = stage.schema() + "-gid"; // they are the server's
            connection.setAutoCommit(false);
            for (String end : new String[] {"COMMIT", "ROLLBACK"}) {
                stage.run(connection, "INSERT INTO t VALUES (" + end.length() + ")");
                stage.run(connection, "PREPARE TRANSACTION '" + gid + "'");
                stage.seen().saw("state", state(connection));
                connection.setAutoCommit(true);
                stage.run(connection, end + " PREPARED '" + gid + "'");
                connection.setAutoCommit(false);
                stage.run(connection, "SELECT id FROM t");
            }
            stage.run(connection, "SELECT 1 / 0");
            stage.run(connection, "PREPARE TRANSACTION '" + gid + "'");
            connection.rollback();
        });
    }

    private record Branch(String name) implements Xid {
        @Override
        public int getFormatId() {
            return 7;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }

    @Test
    void distributed() {
        Both.same(stage -> {
            stage.given(TABLE);
            PGXADataSource source = new PGXADataSource();
            source.setUrl(stage.url());
            var properties = stage.properties();
            properties.stringPropertyNames().forEach(name -> {
                try {
                    source.setProperty(name, properties.getProperty(name));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            XAConnection connection = source.getXAConnection();
            XAResource resource = connection.getXAResource();
            Connection handle = connection.getConnection();
            for (int round = 0; round < 3; round++) {
                Xid xid = new Branch(stage.schema() + "-" + round);
                stage.seen().hide(Base64.getEncoder().encodeToString(xid.getGlobalTransactionId()), "xid");
                int id = round;
                resource.start(xid, XAResource.TMNOFLAGS);
                stage.seen()
                        .done("insert", () -> handle.createStatement().execute("INSERT INTO t VALUES (" + id + ")"));
                resource.end(xid, XAResource.TMSUCCESS);
                if (round > 0) {
                    stage.seen().outcome("prepare", () -> resource.prepare(xid));
                }
                if (round == 1) {
                    stage.seen().done("rollback", () -> resource.rollback(xid));
                } else {
                    stage.seen().done("commit", () -> resource.commit(xid, id == 0));
                }
                stage.seen().done("commit again", () -> resource.commit(xid, false));
            }
            stage.run(handle, "SELECT id FROM t ORDER BY id");
            connection.close();
        });
    }
}
