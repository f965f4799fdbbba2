// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.transaction;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;

/** A batch that failed leaves autoCommit off; the rows that are then saved one by one are never committed. */
@Bug(value = "`autoCommit` left off on the failing path", says = "returned normally")
final class AutoCommitLeftOff {

    interface Import {
        void run(List<String> items) throws SQLException;
    }

    record Buggy(DataSource shop) implements Import {
        @Override
        public void run(List<String> items) throws SQLException {
            try (Connection connection = shop.getConnection()) {
                try {
                    connection.setAutoCommit(false);
                    insert(connection, items);
                    connection.commit();
                    connection.setAutoCommit(true);
                } catch (SQLException failure) {
                    Sql.rollback(connection, failure);
                    oneByOne(connection, items, failure);
                }
            }
        }
    }

    record Fixed(DataSource shop) implements Import {
        @Override
        public void run(List<String> items) throws SQLException {
            try {
                Sql.inTransaction(shop, transaction -> insert(transaction, items));
            } catch (SQLException failure) {
                try (Connection connection = shop.getConnection()) {
                    oneByOne(connection, items, failure);
                }
            }
        }
    }

    private static void insert(Connection connection, List<String> items) throws SQLException {
        for (String item : items) {
            Sql.run(connection, "INSERT INTO stock (item, n) VALUES (?, 1)", item);
        }
    }

    private static void oneByOne(Connection connection, List<String> items, SQLException why) throws SQLException {
        try {
            for (String item : items) {
                Sql.run(connection, "INSERT INTO stock (item, n) VALUES (?, 1) ON CONFLICT DO NOTHING", item);
            }
        } catch (SQLException failure) {
            failure.addSuppressed(why);
            throw failure;
        }
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Import> service;

        Sweeps(Function<DataSource, Import> service) {
            this.service = service;
        }

        @ChaosSweep
        void whatWasImportedIsThere(HikariDataSource shop, Sweep sweep) throws SQLException {
            service.apply(shop).run(List.of("ink", "paper"));
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
