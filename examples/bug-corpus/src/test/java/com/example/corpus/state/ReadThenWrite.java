// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.state;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.sql.DataSource;

/** Two read the same number, and each writes one less: found where the write of the first is slow. */
@Bug(value = "read, then write, without a lock", says = "found something else", asks = "two sessions")
final class ReadThenWrite {

    interface Stock {
        void take(String item) throws SQLException;
    }

    record Buggy(Connection connection) implements Stock {
        @Override
        public void take(String item) throws SQLException {
            takeReadingBy(connection, "SELECT n FROM stock WHERE item = ?", item);
        }
    }

    record Fixed(Connection connection) implements Stock {
        @Override
        public void take(String item) throws SQLException {
            takeReadingBy(connection, "SELECT n FROM stock WHERE item = ? FOR UPDATE", item);
        }
    }

    private static void takeReadingBy(Connection connection, String read, String item) throws SQLException {
        try {
            connection.setAutoCommit(false);
            long n = Sql.number(connection, read, item);
            Sql.run(connection, "UPDATE stock SET n = ? WHERE item = ?", n - 1, item);
            connection.commit();
        } catch (SQLException failure) {
            Sql.rollback(connection, failure);
            throw failure;
        }
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        private static final int WAITS_MAX = 30_000;

        private final Function<Connection, Stock> service;

        Sweeps(Function<Connection, Stock> service) {
            this.service = service;
        }

        @ChaosSweep
        void threeTakenByTwoAreThreeLess(DataSource shop, ChaosScope scope, Sweep sweep) throws Exception {
            ExecutorService anna = Executors.newSingleThreadExecutor();
            ExecutorService ben = Executors.newSingleThreadExecutor();
            try (Connection one = shop.getConnection();
                    Connection two = shop.getConnection()) {
                Future<?> first = take(anna, service.apply(one), scope);
                Future<?> second = take(ben, service.apply(two), scope);
                Future<?> third = take(anna, service.apply(one), scope);
                end(anna);
                end(ben);
                first.get();
                second.get();
                third.get();
            }
        }

        /** Whoever comes next does so when this one is done, or held up by a fault. */
        private static Future<?> take(ExecutorService customer, Stock stock, ChaosScope scope) throws Exception {
            Future<?> taking = customer.submit(() -> {
                stock.take("book");
                return null;
            });
            for (int waits = 0; waits < WAITS_MAX && scope.fired().isEmpty(); waits++) {
                try {
                    taking.get(1, TimeUnit.MILLISECONDS);
                    break;
                } catch (ExecutionException failed) {
                    break; // which is told at the end
                } catch (TimeoutException notYet) {
                    // neither done nor held up
                }
            }
            return taking;
        }

        private static void end(ExecutorService customer) throws InterruptedException {
            customer.shutdown();
            customer.awaitTermination(30, TimeUnit.SECONDS);
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
