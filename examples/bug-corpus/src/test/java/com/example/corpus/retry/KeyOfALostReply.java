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

/** The head of an order is inserted again if its key did not come back; it may well be there, without lines. */
@Bug(value = "generated key asked for again after a lost reply", says = "orders without lines", asks = "`invariant`")
final class KeyOfALostReply {

    interface Orders {
        void place(String request, String item) throws SQLException;
    }

    record Buggy(DataSource shop) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            long id;
            try {
                id = head(request, item);
            } catch (SQLException noKey) {
                id = head(request, item);
            }
            Sql.run(shop, "INSERT INTO order_line (order_id, item) VALUES (?, ?)", id, item);
        }

        private long head(String request, String item) throws SQLException {
            return Sql.number(shop, "INSERT INTO orders (request, item) VALUES (?, ?) RETURNING id", request, item);
        }
    }

    record Fixed(DataSource shop) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            Sql.inTransaction(shop, transaction -> {
                String insert = "INSERT INTO orders (request, item) VALUES (?, ?) RETURNING id";
                long id = Sql.number(transaction, insert, request, item);
                Sql.run(transaction, "INSERT INTO order_line (order_id, item) VALUES (?, ?)", id, item);
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
        void eachOrderHasItsLines(HikariDataSource shop, Sweep sweep) throws SQLException {
            sweep.invariant(
                    "orders without lines",
                    "SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT FROM order_line l WHERE l.order_id ="
                            + " o.id)");
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
