// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.retry;

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

/** A statement that lost a deadlock is tried again, in the transaction that the deadlock has ended. */
@Bug(value = "retry of one statement inside the failed transaction", says = "25P02")
final class RetryInFailedTransaction {

    interface Transfers {
        void transfer(int from, int to, int amount) throws SQLException;
    }

    record Buggy(DataSource bank) implements Transfers {
        @Override
        public void transfer(int from, int to, int amount) throws SQLException {
            Sql.inTransaction(bank, transaction -> {
                add(transaction, from, -amount);
                add(transaction, to, amount);
            });
        }

        private static void add(Connection transaction, int account, int amount) throws SQLException {
            for (int attempt = 1; ; attempt++) {
                try {
                    Sql.run(transaction, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, account);
                    return;
                } catch (SQLException failure) {
                    if (attempt == 3 || !Sql.isTransient(failure)) {
                        throw failure;
                    }
                }
            }
        }
    }

    record Fixed(DataSource bank) implements Transfers {
        @Override
        public void transfer(int from, int to, int amount) throws SQLException {
            for (int attempt = 1; ; attempt++) {
                try {
                    Sql.inTransaction(bank, transaction -> {
                        add(transaction, from, -amount);
                        add(transaction, to, amount);
                    });
                    return;
                } catch (SQLException failure) {
                    if (attempt == 3 || !Sql.isTransient(failure)) {
                        throw failure;
                    }
                }
            }
        }

        private static void add(Connection transaction, int account, int amount) throws SQLException {
            Sql.run(transaction, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, account);
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
        void aTransferSurvivesADeadlock(HikariDataSource bank, Sweep sweep) throws SQLException {
            service.apply(bank).transfer(1, 2, 100);
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
