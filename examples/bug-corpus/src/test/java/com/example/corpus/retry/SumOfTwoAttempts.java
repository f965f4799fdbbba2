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

/** The sum is kept outside of what is tried again, so the second attempt adds to what the first one had. */
@Bug(value = "retry that does not reset local state", says = "returned normally")
final class SumOfTwoAttempts {

    interface Totals {
        void compute() throws SQLException;
    }

    static final class Buggy implements Totals {
        private final DataSource catalog;
        private int sum;

        Buggy(DataSource catalog) {
            this.catalog = catalog;
        }

        @Override
        public void compute() throws SQLException {
            sum = 0;
            retrying(catalog, transaction -> {
                for (String price : Sql.texts(transaction, "SELECT price FROM product ORDER BY id")) {
                    sum += Integer.parseInt(price);
                }
                Sql.run(transaction, "INSERT INTO total (what, amount) VALUES ('price', ?)", sum);
            });
        }
    }

    record Fixed(DataSource catalog) implements Totals {
        @Override
        public void compute() throws SQLException {
            retrying(catalog, transaction -> {
                int sum = 0;
                for (String price : Sql.texts(transaction, "SELECT price FROM product ORDER BY id")) {
                    sum += Integer.parseInt(price);
                }
                Sql.run(transaction, "INSERT INTO total (what, amount) VALUES ('price', ?)", sum);
            });
        }
    }

    private static void retrying(DataSource catalog, Sql.Work work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                Sql.inTransaction(catalog, work);
                return;
            } catch (SQLException failure) {
                if (attempt == 3 || !Sql.isTransient(failure)) {
                    throw failure;
                }
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("/catalog.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Totals> service;

        Sweeps(Function<DataSource, Totals> service) {
            this.service = service;
        }

        @ChaosSweep
        void theTotalIsTheSumOfThePrices(HikariDataSource catalog, Sweep sweep) throws SQLException {
            service.apply(catalog).compute();
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
