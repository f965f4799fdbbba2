// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.wire.WireLink;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sweeps over what a client does that comes through a link: here a driver that knows nothing of it. */
class SweepOverLinkTest {

    /** Connects as the DataSource does, but through the link. */
    private static Connection through(WireLink link, DataSource bank) throws SQLException {
        try (Connection direct = bank.getConnection()) {
            Properties login = new Properties();
            login.setProperty("user", direct.getMetaData().getUserName());
            login.setProperty("currentSchema", direct.getSchema());
            URI url = URI.create(direct.getMetaData().getURL().substring("jdbc:".length()));
            return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + link.port() + url.getPath(), login);
        }
    }

    private static WireLink link(ChaosScope scope, DataSource bank) throws SQLException {
        try (Connection direct = bank.getConnection()) {
            URI url = URI.create(direct.getMetaData().getURL().substring("jdbc:".length()));
            return WireLink.open(scope, "bank", new InetSocketAddress(url.getHost(), url.getPort()));
        }
    }

    private static void untilItWorks(WireLink link, DataSource bank, boolean looksFirst) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = through(link, bank)) {
                connection.setAutoCommit(false);
                if (!looksFirst || Bank.balances(connection).equals(List.of(1000, 1000))) {
                    Bank.add(connection, 1, -100);
                    Bank.add(connection, 2, 100);
                }
                connection.commit();
                return;
            } catch (SQLException e) {
                if (attempt == 3) {
                    throw e;
                }
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    @Tag(ChaosTags.TRANSACTION)
    static class RetryingTestCases {
        @ChaosSweep
        void moneyIsMovedOnce(DataSource bank, ChaosScope scope) throws SQLException {
            untilItWorks(link(scope, bank), bank, false);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    @Tag(ChaosTags.TRANSACTION)
    static class LookingTestCases {
        @ChaosSweep
        void moneyIsMovedOnce(DataSource bank, ChaosScope scope) throws SQLException {
            untilItWorks(link(scope, bank), bank, true);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    @Tag(ChaosTags.TRANSACTION)
    static class WorkingOnTestCases {
        @ChaosSweep(faults = "40P01")
        void worksOnInAFailedTransaction(DataSource bank, ChaosScope scope) throws SQLException {
            try (Connection connection = through(link(scope, bank), bank);
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                try {
                    Bank.add(connection, 1, -100);
                } catch (SQLException swallowed) {
                    statement.execute("SELECT 1");
                }
                connection.commit();
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    @Tag(ChaosTags.TRANSACTION)
    static class LeavingTestCases {
        /** Else the driver closes what nobody holds any more. */
        static final Queue<Connection> LEFT = new ConcurrentLinkedQueue<>();

        @ChaosSweep(faults = "40P01")
        void leavesItsConnection(DataSource bank, ChaosScope scope) throws SQLException {
            Connection connection = through(link(scope, bank), bank);
            LEFT.add(connection);
            Bank.add(connection, 1, -100);
            connection.close();
        }
    }

    @Test
    void retryThatForgetsThatACommitMayHaveHappenedIsFound() {
        Inner inner = Inner.run(RetryingTestCases.class);
        assertThat(inner.message())
                .contains("connection lost after COMMIT broke it\n")
                .containsPattern(
                        "\n  truth    : transaction \\d+ COMMITTED; the client saw 08006 and ran it again as \\d+\n")
                .contains("\n  state    : expected all that the clean round changed")
                .contains("\n  again    : the same in 2 of 2 rounds\n");
    }

    @Test
    void itsTwinThatLooksFirstIsGreen() {
        Inner inner = Inner.run(LookingTestCases.class);
        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted()).isEmpty();
        assertThat(inner.names())
                .anyMatch(name -> name.endsWith("connection lost after COMMIT"))
                .anyMatch(name -> name.endsWith("40P01 on UPDATE account"));
    }

    @Test
    void whoWorksOnInAFailedTransactionIsFound() {
        assertThat(Inner.run(WorkingOnTestCases.class).message())
                .contains("\n  25P02    : SELECT ? was sent though its transaction had failed; roll back first\n");
    }

    @Test
    void connectionThatIsNotClosedIsFound() {
        assertThat(Inner.run(LeavingTestCases.class).message())
                .contains("\n  left     : a connection that was not closed\n");
        LeavingTestCases.LEFT.clear();
    }
}
