// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.retry;

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

/** The number of the next page is counted on before this one is copied; after a failure it is resumed behind it. */
@Bug(value = "resume after a failure that skips a page", says = "returned normally")
final class PageSkipped {

    private static final int SIZE = 2;

    interface Copy {
        void run() throws SQLException;
    }

    record Buggy(DataSource catalog) implements Copy {
        @Override
        public void run() throws SQLException {
            int failures = 0;
            for (int page = 0; page < 3; ) {
                try {
                    int next = page++;
                    Sql.inTransaction(catalog, transaction -> copy(transaction, next));
                } catch (SQLException failure) {
                    if (++failures == 3) {
                        throw failure;
                    }
                }
            }
        }
    }

    record Fixed(DataSource catalog) implements Copy {
        @Override
        public void run() throws SQLException {
            int failures = 0;
            for (int page = 0; page < 3; ) {
                try {
                    int next = page;
                    Sql.inTransaction(catalog, transaction -> copy(transaction, next));
                    page++;
                } catch (SQLException failure) {
                    if (++failures == 3) {
                        throw failure;
                    }
                }
            }
        }
    }

    private static void copy(Connection transaction, int page) throws SQLException {
        int first = page * SIZE + 1;
        Sql.run(transaction, "DELETE FROM copied WHERE id BETWEEN ? AND ?", first, first + SIZE - 1);
        Sql.run(
                transaction,
                "INSERT INTO copied (id, price) SELECT id, price FROM product WHERE id BETWEEN ? AND ?",
                first,
                first + SIZE - 1);
    }

    @PostgresTest
    @IsolatedSchema("/catalog.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Copy> service;

        Sweeps(Function<DataSource, Copy> service) {
            this.service = service;
        }

        @ChaosSweep
        void everyPageIsCopied(HikariDataSource catalog, Sweep sweep) throws SQLException {
            service.apply(catalog).run();
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
