// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.state;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
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
@Bug(value = "read, then write, without a lock", says = "stock", asks = "two lanes")
final class ReadThenWrite {

    interface Stock {
        void take(String item) throws SQLException;
    }

    record Buggy(DataSource shop) implements Stock {
        @Override
        public void take(String item) throws SQLException {
            takeReadingBy(shop, "SELECT n FROM stock WHERE item = ?", item);
        }
    }

    record Fixed(DataSource shop) implements Stock {
        @Override
        public void take(String item) throws SQLException {
            takeReadingBy(shop, "SELECT n FROM stock WHERE item = ? FOR UPDATE", item);
        }
    }

    private static void takeReadingBy(DataSource shop, String read, String item) throws SQLException {
        Sql.inTransaction(shop, transaction -> {
            long n = Sql.number(transaction, read, item);
            Sql.run(transaction, "UPDATE stock SET n = ? WHERE item = ?", n - 1, item);
        });
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        /** How long a customer waits for the one before; less than a slow statement takes. */
        private static final int PATIENCE_MILLIS = 25;

        private final Function<DataSource, Stock> service;

        Sweeps(Function<DataSource, Stock> service) {
            this.service = service;
        }

        @ChaosSweep
        void twoTakeOneEach(DataSource shop, Sweep sweep) throws Exception {
            Stock stock = service.apply(shop);
            ExecutorService customers = Executors.newFixedThreadPool(2);
            try {
                Future<?> first = take(customers, stock);
                awaitPatiently(first);
                Future<?> second = take(customers, stock);
                first.get(30, TimeUnit.SECONDS);
                second.get(30, TimeUnit.SECONDS);
            } finally {
                customers.shutdown();
                customers.awaitTermination(30, TimeUnit.SECONDS);
            }
        }

        private static Future<?> take(ExecutorService customers, Stock stock) {
            return customers.submit(() -> {
                stock.take("book");
                return null;
            });
        }

        private static void awaitPatiently(Future<?> first) throws Exception {
            try {
                first.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException tooSlowOrFailed) {
                // either way, the next one comes; the failure is told at the end
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
