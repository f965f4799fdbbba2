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

/** A temporary table stays in the pooled session if what comes before its DROP fails; the next one finds it there. */
@Bug(value = "temporary table left in the pool", says = "temporary table")
final class TemporaryTableLeft {

    interface Copy {
        void run() throws SQLException;
    }

    record Buggy(DataSource catalog) implements Copy {
        @Override
        public void run() throws SQLException {
            try (Connection connection = catalog.getConnection()) {
                Sql.run(connection, "CREATE TEMPORARY TABLE staged AS SELECT id, price FROM product");
                Sql.run(connection, "INSERT INTO copied SELECT id, price FROM staged");
                Sql.run(connection, "DROP TABLE staged");
            }
        }
    }

    record Fixed(DataSource catalog) implements Copy {
        @Override
        public void run() throws SQLException {
            Sql.inTransaction(catalog, transaction -> {
                String staged = "CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT id, price FROM product";
                Sql.run(transaction, staged);
                Sql.run(transaction, "INSERT INTO copied SELECT id, price FROM staged");
            });
        }
    }

    @PostgresTest
    @IsolatedSchema("/catalog.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Copy> service;

        Sweeps(Function<DataSource, Copy> service) {
            this.service = service;
        }

        @ChaosSweep
        void theCatalogIsCopied(HikariDataSource catalog, Sweep sweep) throws SQLException {
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
