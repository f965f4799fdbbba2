// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.retry;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Statements are tried again after a serialization failure; that COMMIT can fail with it, too, was not thought of. */
@Bug(value = "40001 handled at statements, not at COMMIT", says = "attempts", asks = "an assertion")
final class CommitNotRetried {

    private static final int ATTEMPTS = 3;

    interface Transfers {
        void transfer(int from, int to, int amount) throws SQLException;

        int attempts();
    }

    static final class Buggy implements Transfers {
        private final DataSource bank;
        private int attempts;

        Buggy(DataSource bank) {
            this.bank = bank;
        }

        @Override
        public void transfer(int from, int to, int amount) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                while (true) {
                    try {
                        attempts++;
                        move(connection, from, to, amount);
                        break;
                    } catch (SQLException failure) {
                        Sql.rollback(connection, failure);
                        if (attempts == ATTEMPTS || !Sql.isTransient(failure)) {
                            throw failure;
                        }
                    }
                }
                connection.commit();
            }
        }

        @Override
        public int attempts() {
            return attempts;
        }
    }

    static final class Fixed implements Transfers {
        private final DataSource bank;
        private int attempts;

        Fixed(DataSource bank) {
            this.bank = bank;
        }

        @Override
        public void transfer(int from, int to, int amount) throws SQLException {
            while (true) {
                try {
                    attempts++;
                    Sql.inTransaction(bank, transaction -> move(transaction, from, to, amount));
                    return;
                } catch (SQLException failure) {
                    if (attempts == ATTEMPTS || !Sql.isTransient(failure)) {
                        throw failure;
                    }
                }
            }
        }

        @Override
        public int attempts() {
            return attempts;
        }
    }

    private static void move(Connection transaction, int from, int to, int amount) throws SQLException {
        Sql.run(transaction, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
        Sql.run(transaction, "UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
        Sql.run(transaction, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
    }

    @PostgresTest
    @IsolatedSchema("/bank.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Transfers> service;

        Sweeps(Function<DataSource, Transfers> service) {
            this.service = service;
        }

        @ChaosSweep
        void aSerializationFailureIsNotTheEnd(HikariDataSource bank, Sweep sweep) throws SQLException {
            Transfers transfers = service.apply(bank);
            try {
                transfers.transfer(1, 2, 100);
            } catch (SQLException failure) {
                if (Sql.isTransient(failure)) {
                    assertThat(transfers.attempts()).as("attempts").isEqualTo(ATTEMPTS);
                }
                throw failure;
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
