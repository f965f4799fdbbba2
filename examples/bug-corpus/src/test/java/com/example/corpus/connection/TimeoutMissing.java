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

/** A network that swallows packets says nothing: without a time-out of the socket, the thread waits for ever. */
@Bug(value = "time-outs missing", says = "must have a socketTimeout", asks = "`faults = \"no answer\"`")
final class TimeoutMissing {

    interface Deposits {
        void deposit(int account, int amount) throws SQLException;
    }

    record Buggy(DataSource bank) implements Deposits {
        @Override
        public void deposit(int account, int amount) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                add(connection, account, amount);
            }
        }
    }

    record Fixed(DataSource bank) implements Deposits {
        @Override
        public void deposit(int account, int amount) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setNetworkTimeout(Runnable::run, 2_000);
                add(connection, account, amount);
            }
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

        @ChaosSweep(faults = "no answer")
        void aDepositComesToItsEnd(HikariDataSource bank, Sweep sweep) throws SQLException {
            service.apply(bank).deposit(1, 100);
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
