// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.retry;

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

/** Cancelling an order gives its book back, again and again, until an answer comes. */
@Bug(value = "compensation that is not idempotent", says = "returned normally")
final class CompensatedTwice {

    interface Orders {
        void cancel(String request, String item) throws SQLException;
    }

    record Buggy(DataSource shop) implements Orders {
        @Override
        public void cancel(String request, String item) throws SQLException {
            for (int attempt = 1; ; attempt++) {
                try {
                    Sql.run(shop, "UPDATE stock SET n = n + 1 WHERE item = ?", item);
                    return;
                } catch (SQLException failure) {
                    if (attempt == 3) {
                        throw failure;
                    }
                }
            }
        }
    }

    record Fixed(DataSource shop) implements Orders {
        @Override
        public void cancel(String request, String item) throws SQLException {
            for (int attempt = 1; ; attempt++) {
                try {
                    Sql.inTransaction(shop, transaction -> {
                        String cancel = "UPDATE orders SET status = 'cancelled' WHERE request = ? AND status = 'open'";
                        if (Sql.run(transaction, cancel, request) == 1) {
                            Sql.run(transaction, "UPDATE stock SET n = n + 1 WHERE item = ?", item);
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
    }

    @PostgresTest
    @IsolatedSchema({"/orders.sql", "/placed.sql"})
    abstract static class Sweeps {

        private final Function<DataSource, Orders> service;

        Sweeps(Function<DataSource, Orders> service) {
            this.service = service;
        }

        @ChaosSweep
        void whatIsCancelledIsGivenBackOnce(HikariDataSource shop, Sweep sweep) throws SQLException {
            service.apply(shop).cancel("r-0", "book");
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
