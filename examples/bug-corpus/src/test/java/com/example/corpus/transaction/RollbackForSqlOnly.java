// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.transaction;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import javax.sql.DataSource;

/** Where the failure is not the database's, half of a transfer stays in the transaction, and the next one commits it. */
@Bug(value = "rollback for SQLException only", says = "money")
final class RollbackForSqlOnly {

    /** Tells somebody about a transfer; may fail. */
    interface Notices {
        void paid(int account);
    }

    interface Transfers {
        void transfer(int... accounts) throws SQLException;
    }

    record Buggy(DataSource bank, Notices notices) implements Transfers {
        @Override
        public void transfer(int... accounts) throws SQLException {
            List<RuntimeException> failures = new ArrayList<>();
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                for (int account : accounts) {
                    try {
                        move(connection, notices, account);
                        connection.commit();
                    } catch (SQLException failure) {
                        Sql.rollback(connection, failure);
                        throw failure;
                    } catch (RuntimeException failure) {
                        failures.add(failure);
                    }
                }
            }
            tell(failures);
        }
    }

    record Fixed(DataSource bank, Notices notices) implements Transfers {
        @Override
        public void transfer(int... accounts) throws SQLException {
            List<RuntimeException> failures = new ArrayList<>();
            for (int account : accounts) {
                try {
                    Sql.inTransaction(bank, transaction -> move(transaction, notices, account));
                } catch (RuntimeException failure) {
                    failures.add(failure);
                }
            }
            tell(failures);
        }
    }

    private static void move(Connection connection, Notices notices, int account) throws SQLException {
        Sql.run(connection, "UPDATE account SET balance = balance - 10 WHERE id = 1");
        notices.paid(account);
        Sql.run(connection, "UPDATE account SET balance = balance + 10 WHERE id = ?", account);
    }

    private static void tell(List<RuntimeException> failures) {
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    @PostgresTest
    @IsolatedSchema("/bank.sql")
    abstract static class Sweeps {

        private final BiFunction<DataSource, Notices, Transfers> service;

        Sweeps(BiFunction<DataSource, Notices, Transfers> service) {
            this.service = service;
        }

        @ChaosSweep
        void transfersLoseNoMoney(HikariDataSource bank, ChaosScope scope, Sweep sweep) throws SQLException {
            sweep.invariant("money", "SELECT sum(balance) FROM account");
            Notices notices = scope.wrap(Notices.class, account -> {});
            service.apply(bank, notices).transfer(2, 3);
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
