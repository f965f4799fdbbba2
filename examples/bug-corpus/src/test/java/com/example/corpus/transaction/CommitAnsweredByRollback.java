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

/** "The audit is not that important": its failure is swallowed, and COMMIT, which then rolls back, throws nothing. */
@Bug(value = "COMMIT of a failed transaction believed: the server answers ROLLBACK", says = "no error, but ROLLBACK")
final class CommitAnsweredByRollback {

    interface Orders {
        void place(String request, String item) throws SQLException;
    }

    record Buggy(DataSource shop) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            Sql.inTransaction(shop, transaction -> {
                Sql.run(transaction, "INSERT INTO orders (request, item) VALUES (?, ?)", request, item);
                try {
                    Sql.run(transaction, "INSERT INTO audit (what) VALUES (?)", request);
                } catch (SQLException notThatImportant) {
                    // an order is worth more than its trace
                }
            });
        }
    }

    record Fixed(DataSource shop) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            Sql.inTransaction(shop, transaction -> {
                Sql.run(transaction, "INSERT INTO orders (request, item) VALUES (?, ?)", request, item);
                Sql.run(transaction, "INSERT INTO audit (what) VALUES (?)", request);
            });
        }
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Orders> service;

        Sweeps(Function<DataSource, Orders> service) {
            this.service = service;
        }

        @ChaosSweep
        void whatWasPlacedIsThere(HikariDataSource shop, Sweep sweep) throws SQLException {
            service.apply(shop).place("r-1", "book");
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
