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
import java.util.function.Function;
import javax.sql.DataSource;

/** Nobody began a transaction, so each of the three statements commits by itself. */
@Bug(value = "several steps without a transaction", says = "money", asks = "`invariant`")
final class SeveralAutocommits {

    interface Transfers {
        void transfer(String id, int from, int to, int amount) throws SQLException;
    }

    record Buggy(DataSource bank) implements Transfers {
        @Override
        public void transfer(String id, int from, int to, int amount) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                move(connection, id, from, to, amount);
            }
        }
    }

    record Fixed(DataSource bank) implements Transfers {
        @Override
        public void transfer(String id, int from, int to, int amount) throws SQLException {
            Sql.inTransaction(bank, transaction -> move(transaction, id, from, to, amount));
        }
    }

    private static void move(Connection connection, String id, int from, int to, int amount) throws SQLException {
        Sql.run(connection, "INSERT INTO transfer (id, amount) VALUES (?, ?)", id, amount);
        Sql.run(connection, "UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
        Sql.run(connection, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
    }

    @PostgresTest
    @IsolatedSchema("/bank.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Transfers> service;

        Sweeps(Function<DataSource, Transfers> service) {
            this.service = service;
        }

        @ChaosSweep
        void noMoneyIsLost(HikariDataSource bank, Sweep sweep) throws SQLException {
            sweep.invariant("money", "SELECT sum(balance) FROM account");
            service.apply(bank).transfer("t-1", 1, 2, 100);
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
