// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.transaction;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.SQLException;
import java.util.function.Function;
import javax.sql.DataSource;

/** The second half of a transfer is written by a colleague, who takes a connection of its own. */
@Bug(value = "one unit of work on two connections", says = "money", asks = "`invariant`")
final class TwoConnections {

    interface Transfers {
        void transfer(int from, int to, int amount) throws SQLException;
    }

    record Buggy(DataSource bank) implements Transfers {
        @Override
        public void transfer(int from, int to, int amount) throws SQLException {
            Sql.inTransaction(bank, transaction -> {
                Sql.run(transaction, "UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
                deposit(to, amount);
            });
        }

        private void deposit(int to, int amount) throws SQLException {
            Sql.inTransaction(
                    bank,
                    transaction ->
                            Sql.run(transaction, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, to));
        }
    }

    record Fixed(DataSource bank) implements Transfers {
        @Override
        public void transfer(int from, int to, int amount) throws SQLException {
            Sql.inTransaction(bank, transaction -> {
                Sql.run(transaction, "UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
                Sql.run(transaction, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
            });
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
        void noMoneyIsMade(HikariDataSource bank, Sweep sweep) throws SQLException {
            sweep.invariant("money", "SELECT sum(balance) FROM account");
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
