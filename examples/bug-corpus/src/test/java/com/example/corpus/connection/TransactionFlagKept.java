// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.connection;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import javax.sql.DataSource;

/** Whether a transaction was begun is kept beside the connection; the next connection has none, but the flag stays. */
@Bug(value = "transaction flag kept across reconnects", says = "autoCommit")
final class TransactionFlagKept {

    interface Transfers extends AutoCloseable {
        void transfer(String id, int from, int to, int amount) throws SQLException;

        @Override
        void close() throws SQLException;
    }

    static final class Buggy implements Transfers {
        private final DataSource bank;
        private Connection connection;
        private boolean begun;

        Buggy(DataSource bank) {
            this.bank = bank;
        }

        @Override
        public void transfer(String id, int from, int to, int amount) throws SQLException {
            for (int attempt = 1; ; attempt++) {
                try {
                    begin();
                    move(connection, id, from, to, amount);
                    connection.commit();
                    return;
                } catch (SQLException failure) {
                    if (attempt == 3) {
                        throw failure;
                    }
                    rollback(failure);
                }
            }
        }

        private void begin() throws SQLException {
            if (connection == null || connection.isClosed()) {
                connection = bank.getConnection();
            }
            if (!begun) {
                connection.setAutoCommit(false);
                begun = true;
            }
        }

        private void rollback(SQLException failure) {
            if (connection != null) {
                Sql.rollback(connection, failure);
            }
        }

        @Override
        public void close() throws SQLException {
            if (connection != null) {
                connection.close();
            }
        }
    }

    record Fixed(DataSource bank) implements Transfers {
        @Override
        public void transfer(String id, int from, int to, int amount) throws SQLException {
            for (int attempt = 1; ; attempt++) {
                try {
                    Sql.inTransaction(bank, transaction -> move(transaction, id, from, to, amount));
                    return;
                } catch (SQLException failure) {
                    if (attempt == 3) {
                        throw failure;
                    }
                }
            }
        }

        @Override
        public void close() {}
    }

    private static void move(Connection connection, String id, int from, int to, int amount) throws SQLException {
        String note = "INSERT INTO transfer (id, amount) VALUES (?, ?) ON CONFLICT DO NOTHING";
        if (Sql.run(connection, note, id, amount) == 1) {
            Sql.run(connection, "UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
            Sql.run(connection, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
        }
    }

    @PostgresTest
    @IsolatedSchema("/bank.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Transfers> service;

        Sweeps(Function<DataSource, Transfers> service) {
            this.service = service;
        }

        @ChaosSweep
        void aTransferIsMadeOnce(HikariDataSource bank, Sweep sweep) throws SQLException {
            try (Transfers transfers = service.apply(bank)) {
                transfers.transfer("t-1", 1, 2, 100);
            }
        }
    }

    static class BuggySweep extends Sweeps {
        BuggySweep() {
            super(Buggy::new);
        }
    }

    static class FixedSweep extends Sweeps {
        FixedSweep() {
            super(Fixed::new);
        }
    }
}
