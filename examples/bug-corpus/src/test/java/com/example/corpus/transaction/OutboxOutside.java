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

/** The event of an order is written behind its COMMIT, in a transaction of its own. */
@Bug(value = "outbox written outside of the transaction", says = "orders without event", asks = "`invariant`")
final class OutboxOutside {

    interface Orders {
        void place(String request, String item) throws SQLException;
    }

    record Buggy(DataSource shop) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            Sql.inTransaction(shop, transaction -> {
                Sql.run(transaction, "UPDATE stock SET n = n - 1 WHERE item = ?", item);
                Sql.run(transaction, "INSERT INTO orders (request, item) VALUES (?, ?)", request, item);
            });
            Sql.run(shop, "INSERT INTO outbox (request, event) VALUES (?, 'placed')", request);
        }
    }

    record Fixed(DataSource shop) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            Sql.inTransaction(shop, transaction -> {
                Sql.run(transaction, "UPDATE stock SET n = n - 1 WHERE item = ?", item);
                Sql.run(transaction, "INSERT INTO orders (request, item) VALUES (?, ?)", request, item);
                Sql.run(transaction, "INSERT INTO outbox (request, event) VALUES (?, 'placed')", request);
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
        void eachOrderHasItsEvent(HikariDataSource shop, Sweep sweep) throws SQLException {
            sweep.invariant(
                    "orders without event",
                    "SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT FROM outbox e WHERE e.request ="
                            + " o.request)");
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
