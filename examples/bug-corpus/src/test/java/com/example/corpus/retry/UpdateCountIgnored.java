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

/** A product is changed only if it has the version that was read; nobody looks whether it had. */
@Bug(value = "count of `executeUpdate` ignored", says = "found more than that")
final class UpdateCountIgnored {

    interface Prices {
        void change(int product, int price, String change) throws SQLException;
    }

    record Buggy(DataSource catalog) implements Prices {
        @Override
        public void change(int product, int price, String change) throws SQLException {
            retrying(catalog, product, (transaction, version) -> {
                update(transaction, product, price, version);
                note(transaction, product, change);
            });
        }
    }

    record Fixed(DataSource catalog) implements Prices {
        @Override
        public void change(int product, int price, String change) throws SQLException {
            retrying(catalog, product, (transaction, version) -> {
                if (update(transaction, product, price, version) == 1) {
                    note(transaction, product, change);
                } else if (!Sql.has(transaction, "SELECT 1 FROM history WHERE change = ?", change)) {
                    throw new SQLException("somebody else has changed product " + product);
                }
            });
        }
    }

    /** A change of what had that version when it was read. */
    interface Change {
        void apply(Connection transaction, long version) throws SQLException;
    }

    private static void retrying(DataSource catalog, int product, Change change) throws SQLException {
        long version = Sql.number(catalog, "SELECT version FROM product WHERE id = ?", product);
        for (int attempt = 1; ; attempt++) {
            try {
                Sql.inTransaction(catalog, transaction -> change.apply(transaction, version));
                return;
            } catch (SQLException failure) {
                if (attempt == 3) {
                    throw failure;
                }
            }
        }
    }

    private static int update(Connection transaction, int product, int price, long version) throws SQLException {
        String update = "UPDATE product SET price = ?, version = version + 1 WHERE id = ? AND version = ?";
        return Sql.run(transaction, update, price, product, version);
    }

    private static void note(Connection transaction, int product, String change) throws SQLException {
        Sql.run(transaction, "INSERT INTO history (product, change) VALUES (?, ?)", product, change);
    }

    @PostgresTest
    @IsolatedSchema("/catalog.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Prices> service;

        Sweeps(Function<DataSource, Prices> service) {
            this.service = service;
        }

        @ChaosSweep
        void eachChangeIsInTheHistoryOnce(HikariDataSource catalog, Sweep sweep) throws SQLException {
            service.apply(catalog).change(1, 99, "c-1");
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
