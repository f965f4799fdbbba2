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
import java.util.function.Function;
import javax.sql.DataSource;

/** Where the connection is lost, the rollback fails as well, and its exception is all that the caller sees. */
@Bug(value = "failure of the rollback thrown in place of the first one", says = "Connection is closed")
final class RollbackHidesTheFailure {

    interface Orders {
        void place(String request, String item) throws SQLException;
    }

    record Buggy(DataSource shop) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            try (Connection connection = shop.getConnection()) {
                connection.setAutoCommit(false);
                try {
                    write(connection, request, item);
                    connection.commit();
                } finally {
                    connection.rollback();
                }
            }
        }
    }

    record Fixed(DataSource shop) implements Orders {
        @Override
        public void place(String request, String item) throws SQLException {
            Sql.inTransaction(shop, transaction -> write(transaction, request, item));
        }
    }

    private static void write(Connection transaction, String request, String item) throws SQLException {
        Sql.run(transaction, "UPDATE stock SET n = n - 1 WHERE item = ?", item);
        Sql.run(transaction, "INSERT INTO orders (request, item) VALUES (?, ?)", request, item);
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Orders> service;

        Sweeps(Function<DataSource, Orders> service) {
            this.service = service;
        }

        @ChaosSweep
        void anOrderIsThereOrItsFailureIsTold(HikariDataSource shop, Sweep sweep) throws SQLException {
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
