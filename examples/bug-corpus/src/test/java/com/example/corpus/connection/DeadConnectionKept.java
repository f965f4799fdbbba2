// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.connection;

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

/** A service keeps its connection, also when it is dead: after one loss, all that comes fails. */
@Bug(value = "connection used on after it was lost", says = "Connection is closed")
final class DeadConnectionKept {

    interface Meter extends AutoCloseable {
        void count(String item) throws SQLException;

        @Override
        void close() throws SQLException;
    }

    static final class Buggy implements Meter {
        private final DataSource shop;
        private Connection connection;

        Buggy(DataSource shop) {
            this.shop = shop;
        }

        @Override
        public void count(String item) throws SQLException {
            if (connection == null) {
                connection = shop.getConnection();
            }
            Sql.run(connection, "UPDATE stock SET n = n + 1 WHERE item = ?", item);
        }

        @Override
        public void close() throws SQLException {
            if (connection != null) {
                connection.close();
            }
        }
    }

    record Fixed(DataSource shop) implements Meter {
        @Override
        public void count(String item) throws SQLException {
            Sql.run(shop, "UPDATE stock SET n = n + 1 WHERE item = ?", item);
        }

        @Override
        public void close() {}
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Meter> service;

        Sweeps(Function<DataSource, Meter> service) {
            this.service = service;
        }

        @ChaosSweep
        void oneLossIsNotTheEnd(HikariDataSource shop, Sweep sweep) throws SQLException {
            try (Meter meter = service.apply(shop)) {
                try {
                    meter.count("book");
                } catch (SQLException lost) { // one item less is no harm
                    meter.count("pen");
                    throw lost;
                }
                meter.count("pen");
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
