// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.transaction;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;

/** A salary that can't be paid is noted, and the next one is paid in the same, failed transaction. */
@Bug(value = "no rollback before the next piece of work", says = "25P02")
final class MissingRollback {

    interface Payroll {
        void pay(int... accounts) throws SQLException;
    }

    record Buggy(DataSource bank) implements Payroll {
        @Override
        public void pay(int... accounts) throws SQLException {
            List<SQLException> unpaid = new ArrayList<>();
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                for (int account : accounts) {
                    try {
                        salary(connection, account);
                        connection.commit();
                    } catch (SQLException failure) {
                        unpaid.add(failure);
                    }
                }
            }
            tell(unpaid);
        }
    }

    record Fixed(DataSource bank) implements Payroll {
        @Override
        public void pay(int... accounts) throws SQLException {
            List<SQLException> unpaid = new ArrayList<>();
            for (int account : accounts) {
                try {
                    Sql.inTransaction(bank, transaction -> salary(transaction, account));
                } catch (SQLException failure) {
                    unpaid.add(failure);
                }
            }
            tell(unpaid);
        }
    }

    private static void salary(Connection connection, int account) throws SQLException {
        Sql.run(connection, "UPDATE account SET balance = balance - 100 WHERE id = 1");
        Sql.run(connection, "UPDATE account SET balance = balance + 100 WHERE id = ?", account);
    }

    private static void tell(List<SQLException> unpaid) throws SQLException {
        if (!unpaid.isEmpty()) {
            SQLException first = unpaid.remove(0);
            unpaid.forEach(first::addSuppressed);
            throw first;
        }
    }

    @PostgresTest
    @IsolatedSchema("/bank.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Payroll> service;

        Sweeps(Function<DataSource, Payroll> service) {
            this.service = service;
        }

        @ChaosSweep
        void salariesArePaid(HikariDataSource bank, Sweep sweep) throws SQLException {
            sweep.invariant("money", "SELECT sum(balance) FROM account");
            service.apply(bank).pay(2, 3);
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
