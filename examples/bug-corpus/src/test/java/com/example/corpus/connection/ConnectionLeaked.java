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

/** A connection is given back where all went well. */
@Bug(value = "connection leaked on the failing path", says = "not given back")
final class ConnectionLeaked {

    interface Stock {
        void take(String item) throws SQLException;
    }

    record Buggy(DataSource shop) implements Stock {
        @Override
        public void take(String item) throws SQLException {
            Connection connection = shop.getConnection();
            Sql.run(connection, "UPDATE stock SET n = n - 1 WHERE item = ?", item);
            connection.close();
        }
    }

    record Fixed(DataSource shop) implements Stock {
        @Override
        public void take(String item) throws SQLException {
            try (Connection connection = shop.getConnection()) {
                Sql.run(connection, "UPDATE stock SET n = n - 1 WHERE item = ?", item);
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Stock> service;

        Sweeps(Function<DataSource, Stock> service) {
            this.service = service;
        }

        @ChaosSweep
        void aBookIsTaken(HikariDataSource shop, Sweep sweep) throws SQLException {
            service.apply(shop).take("book");
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
