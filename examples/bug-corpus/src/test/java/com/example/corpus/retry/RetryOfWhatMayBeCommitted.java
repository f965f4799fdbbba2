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

/** Whatever goes wrong, the transfer is tried again, also when only the answer to its COMMIT was lost. */
@Bug(value = "retry of a step that is not idempotent", says = "found something else")
final class RetryOfWhatMayBeCommitted {

    interface Transfers {
        void transfer(String id, int from, int to, int amount) throws SQLException;
    }

    record Buggy(DataSource bank) implements Transfers {
        @Override
        public void transfer(String id, int from, int to, int amount) throws SQLException {
            for (int attempt = 1; ; attempt++) {
                try {
                    Sql.inTransaction(bank, transaction -> move(transaction, from, to, amount));
                    return;
                } catch (SQLException failure) {
                    if (attempt == 3) {
                        throw failure;
                    }
                }
            }
        }
    }

    record Fixed(DataSource bank) implements Transfers {
        @Override
        public void transfer(String id, int from, int to, int amount) throws SQLException {
            for (int attempt = 1; ; attempt++) {
                try {
                    Sql.inTransaction(bank, transaction -> {
                        if (note(transaction, id, amount)) {
                            move(transaction, from, to, amount);
                        }
                    });
                    return;
                } catch (SQLException failure) {
                    if (attempt == 3) {
                        throw failure;
                    }
                }
            }
        }

        private static boolean note(Connection transaction, String id, int amount) throws SQLException {
            String insert = "INSERT INTO transfer (id, amount) VALUES (?, ?) ON CONFLICT DO NOTHING";
            return Sql.run(transaction, insert, id, amount) == 1;
        }
    }

    private static void move(Connection transaction, int from, int to, int amount) throws SQLException {
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
        void aTransferIsMadeOnce(HikariDataSource bank, Sweep sweep) throws SQLException {
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
