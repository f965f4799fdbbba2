// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import javax.sql.DataSource;

/** An event is published while its order may still be rolled back. */
@Bug(value = "event sent before COMMIT", says = "events", asks = "`check`")
final class EventBeforeCommit {

    interface Orders {
        void place(String request, String item) throws SQLException;
    }

    record Buggy(DataSource shop, List<String> events) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            Sql.inTransaction(shop, transaction -> {
                Sql.run(transaction, "INSERT INTO orders (request, item) VALUES (?, ?)", request, item);
                events.add(request);
                Sql.run(transaction, "UPDATE stock SET n = n - 1 WHERE item = ?", item);
            });
        }
    }

    record Fixed(DataSource shop, List<String> events) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            Sql.inTransaction(shop, transaction -> {
                Sql.run(transaction, "INSERT INTO orders (request, item) VALUES (?, ?)", request, item);
                Sql.run(transaction, "UPDATE stock SET n = n - 1 WHERE item = ?", item);
            });
            events.add(request);
        }
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        private final BiFunction<DataSource, List<String>, Orders> service;

        Sweeps(BiFunction<DataSource, List<String>, Orders> service) {
            this.service = service;
        }

        @ChaosSweep
        void noEventIsAheadOfItsOrder(HikariDataSource shop, Sweep sweep) throws SQLException {
            List<String> events = new ArrayList<>();
            sweep.check(
                    "events have their order",
                    () -> assertThat(Sql.texts(shop, "SELECT request FROM orders"))
                            .as("orders of events")
                            .containsAll(events));
            service.apply(shop, events).place("r-1", "book");
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
