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

/** If the connection is no longer valid, the statement on it was not carried out, somebody concluded. */
@Bug(value = "`isValid` trusted to tell what happened", says = "returned normally")
final class IsValidTrusted {

    interface Deposits {
        void deposit(String id, int account, int amount) throws SQLException;
    }

    record Buggy(DataSource bank) implements Deposits {
        @Override
        public void deposit(String id, int account, int amount) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                try {
                    add(connection, account, amount);
                } catch (SQLException failure) {
                    if (connection.isValid(1)) {
                        throw failure;
                    }
                    try (Connection another = bank.getConnection()) {
                        add(another, account, amount);
                    }
                }
            }
        }
    }

    record Fixed(DataSource bank) implements Deposits {
        @Override
        public void deposit(String id, int account, int amount) throws SQLException {
            try {
                once(id, account, amount);
            } catch (SQLException failure) {
                once(id, account, amount);
            }
        }

        private void once(String id, int account, int amount) throws SQLException {
            Sql.inTransaction(bank, transaction -> {
                String note = "INSERT INTO transfer (id, amount) VALUES (?, ?) ON CONFLICT DO NOTHING";
                if (Sql.run(transaction, note, id, amount) == 1) {
                    add(transaction, account, amount);
                }
            });
        }
    }

    private static void add(Connection connection, int account, int amount) throws SQLException {
        Sql.run(connection, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, account);
    }

    @PostgresTest
    @IsolatedSchema("/bank.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Deposits> service;

        Sweeps(Function<DataSource, Deposits> service) {
            this.service = service;
        }

        @ChaosSweep
        void aDepositIsMadeOnce(HikariDataSource bank, Sweep sweep) throws SQLException {
            service.apply(bank).deposit("d-1", 1, 100);
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
