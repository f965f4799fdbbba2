// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.state;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/** An account that can't be read has no balance, so what is paid in is all that it has. */
@Bug(value = "failed read taken for \"not there\"", says = "returned normally")
final class FailureReadAsAbsence {

    private static final String SAVE =
            "INSERT INTO account (id, balance) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET balance = excluded.balance";

    interface Deposits {
        void deposit(int account, long amount) throws SQLException;
    }

    record Buggy(DataSource bank) implements Deposits {
        @Override
        public void deposit(int account, long amount) throws SQLException {
            Sql.run(bank, SAVE, account, balance(account).orElse(0L) + amount);
        }

        private Optional<Long> balance(int account) {
            try {
                return Optional.of(Sql.number(bank, "SELECT balance FROM account WHERE id = ?", account));
            } catch (SQLException | IndexOutOfBoundsException noSuchAccount) {
                return Optional.empty();
            }
        }
    }

    record Fixed(DataSource bank) implements Deposits {
        @Override
        public void deposit(int account, long amount) throws SQLException {
            Sql.inTransaction(bank, transaction -> {
                String read = "SELECT balance FROM account WHERE id = ? FOR UPDATE";
                List<String> found = Sql.texts(transaction, read, account);
                long balance = found.isEmpty() ? 0 : Long.parseLong(found.get(0));
                Sql.run(transaction, SAVE, account, balance + amount);
            });
        }
    }

    @PostgresTest
    @IsolatedSchema("/bank.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Deposits> service;

        Sweeps(Function<DataSource, Deposits> service) {
            this.service = service;
        }

        @ChaosSweep
        void aDepositAddsToWhatIsThere(HikariDataSource bank, Sweep sweep) throws SQLException {
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
