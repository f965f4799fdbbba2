// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.retry;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The SQLSTATE is asked of the nearest cause, but two layers have each put their own exception around it. */
@Bug(value = "SQLSTATE tested on the wrong exception of the chain", says = "attempts", asks = "an assertion")
final class WrongExceptionOfTheChain {

    private static final int ATTEMPTS = 3;

    /** What the layer below throws. */
    static final class StorageException extends RuntimeException {
        private static final long serialVersionUID = 1;

        StorageException(Throwable cause) {
            super(cause);
        }
    }

    abstract static class Orders {
        private final DataSource shop;
        private int attempts;

        Orders(DataSource shop) {
            this.shop = shop;
        }

        abstract boolean canBeTriedAgain(StorageException failure);

        void place(String request, String item) {
            while (true) {
                try {
                    attempts++;
                    store(request, item);
                    return;
                } catch (StorageException failure) {
                    if (attempts == ATTEMPTS || !canBeTriedAgain(failure)) {
                        throw failure;
                    }
                }
            }
        }

        private void store(String request, String item) {
            try {
                write(request, item);
            } catch (UncheckedSqlException failure) {
                throw new StorageException(failure);
            }
        }

        private void write(String request, String item) {
            try {
                Sql.inTransaction(shop, transaction -> {
                    Sql.run(transaction, "UPDATE stock SET n = n - 1 WHERE item = ?", item);
                    Sql.run(transaction, "INSERT INTO orders (request, item) VALUES (?, ?)", request, item);
                });
            } catch (SQLException failure) {
                throw new UncheckedSqlException(failure);
            }
        }
    }

    /** What the layer below that one throws. */
    static final class UncheckedSqlException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UncheckedSqlException(SQLException cause) {
            super(cause);
        }
    }

    static final class Buggy extends Orders {
        Buggy(DataSource shop) {
            super(shop);
        }

        @Override
        boolean canBeTriedAgain(StorageException failure) {
            return failure.getCause() instanceof SQLException sql && Sql.isTransient(sql);
        }
    }

    static final class Fixed extends Orders {
        Fixed(DataSource shop) {
            super(shop);
        }

        @Override
        boolean canBeTriedAgain(StorageException failure) {
            for (Throwable each = failure; each != null; each = each.getCause()) {
                if (each instanceof SQLException sql) {
                    return Sql.isTransient(sql);
                }
            }
            return false;
        }
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Orders> service;

        Sweeps(Function<DataSource, Orders> service) {
            this.service = service;
        }

        @ChaosSweep
        void aDeadlockIsNotTheEnd(HikariDataSource shop, Sweep sweep) {
            Orders orders = service.apply(shop);
            try {
                orders.place("r-1", "book");
            } catch (StorageException failure) {
                if (failure.getCause().getCause() instanceof SQLException sql && Sql.isTransient(sql)) {
                    assertThat(orders.attempts).as("attempts").isEqualTo(ATTEMPTS);
                }
                throw failure;
            }
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
