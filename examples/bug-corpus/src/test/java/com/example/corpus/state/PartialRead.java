// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.state;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;

/** Rows are read piece by piece; where the connection is lost, what has come by then is taken for all. */
@Bug(value = "result that broke off taken for the whole", says = "returned normally")
final class PartialRead {

    interface Totals {
        void compute() throws SQLException;
    }

    record Buggy(DataSource catalog) implements Totals {
        private static final Logger LOG = System.getLogger("totals");

        @Override
        public void compute() throws SQLException {
            List<Integer> prices = new ArrayList<>();
            try {
                read(catalog, prices);
            } catch (SQLException failure) {
                if (prices.isEmpty()) {
                    throw failure;
                }
                LOG.log(Level.DEBUG, "no more rows", failure);
            }
            save(catalog, prices);
        }
    }

    record Fixed(DataSource catalog) implements Totals {
        @Override
        public void compute() throws SQLException {
            List<Integer> prices = new ArrayList<>();
            read(catalog, prices);
            save(catalog, prices);
        }
    }

    private static void read(DataSource catalog, List<Integer> prices) throws SQLException {
        Sql.inTransaction(catalog, transaction -> {
            try (PreparedStatement statement = transaction.prepareStatement("SELECT price FROM product ORDER BY id")) {
                statement.setFetchSize(2);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        prices.add(rows.getInt(1));
                    }
                }
            }
        });
    }

    private static void save(DataSource catalog, List<Integer> prices) throws SQLException {
        int sum = prices.stream().mapToInt(Integer::intValue).sum();
        Sql.run(catalog, "INSERT INTO total (what, amount) VALUES ('price', ?)", sum);
    }

    @PostgresTest
    @IsolatedSchema("/catalog.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Totals> service;

        Sweeps(Function<DataSource, Totals> service) {
            this.service = service;
        }

        @ChaosSweep
        void theTotalIsTheSumOfAllPrices(HikariDataSource catalog, Sweep sweep) throws SQLException {
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
