// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import javax.sql.DataSource;

/** A new price is in the cache before it is in the database, and stays there if it never gets into it. */
@Bug(value = "cache updated before COMMIT", says = "cached price", asks = "`check`")
final class CacheBeforeCommit {

    interface Prices {
        void change(int product, long price) throws SQLException;
    }

    record Buggy(DataSource catalog, Map<Integer, Long> cache) implements Prices {
        @Override
        public void change(int product, long price) throws SQLException {
            Sql.inTransaction(catalog, transaction -> {
                Sql.run(transaction, "UPDATE product SET price = ? WHERE id = ?", price, product);
                cache.put(product, price);
            });
        }
    }

    record Fixed(DataSource catalog, Map<Integer, Long> cache) implements Prices {
        @Override
        public void change(int product, long price) throws SQLException {
            cache.remove(product);
            Sql.inTransaction(
                    catalog,
                    transaction -> Sql.run(transaction, "UPDATE product SET price = ? WHERE id = ?", price, product));
            cache.put(product, price);
        }
    }

    @PostgresTest
    @IsolatedSchema("/catalog.sql")
    abstract static class Sweeps {

        private final BiFunction<DataSource, Map<Integer, Long>, Prices> service;

        Sweeps(BiFunction<DataSource, Map<Integer, Long>, Prices> service) {
            this.service = service;
        }

        @ChaosSweep
        void theCacheIsNeverWrong(HikariDataSource catalog, Sweep sweep) throws SQLException {
            Map<Integer, Long> cache = new HashMap<>(Map.of(1, 10L));
            sweep.check("cached price", () -> {
                long price = Sql.number(catalog, "SELECT price FROM product WHERE id = 1");
                assertThat(cache.getOrDefault(1, price)).as("cached price").isEqualTo(price);
            });
            service.apply(catalog, cache).change(1, 99);
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
