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

/** A price list is written in pieces, each committed; a failure leaves prices of two lists side by side. */
@Bug(value = "batch committed in pieces", says = "all or nothing", asks = "`allOrNothing`")
final class ChunkedImport {

    interface PriceList {
        void raise(int percent) throws SQLException;
    }

    record Buggy(DataSource catalog) implements PriceList {
        @Override
        public void raise(int percent) throws SQLException {
            for (int first = 1; first <= 6; first += 2) {
                int from = first;
                Sql.inTransaction(catalog, transaction -> raisePrices(transaction, percent, from, from + 1));
            }
        }
    }

    record Fixed(DataSource catalog) implements PriceList {
        @Override
        public void raise(int percent) throws SQLException {
            Sql.inTransaction(catalog, transaction -> {
                for (int first = 1; first <= 6; first += 2) {
                    raisePrices(transaction, percent, first, first + 1);
                }
            });
        }
    }

    private static void raisePrices(Connection connection, int percent, int first, int last) throws SQLException {
        Sql.run(
                connection,
                "UPDATE product SET price = price * ? / 100 WHERE id BETWEEN ? AND ?",
                100 + percent,
                first,
                last);
    }

    @PostgresTest
    @IsolatedSchema("/catalog.sql")
    abstract static class Sweeps {

        private final Function<DataSource, PriceList> service;

        Sweeps(Function<DataSource, PriceList> service) {
            this.service = service;
        }

        @ChaosSweep
        void aPriceListIsValidAsAWhole(HikariDataSource catalog, Sweep sweep) throws SQLException {
            sweep.allOrNothing();
            service.apply(catalog).raise(10);
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
