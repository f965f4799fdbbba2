// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.transaction;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.function.Function;
import javax.sql.DataSource;

/** A savepoint is meant for rows that are there already; it swallows every other failure, too. */
@Bug(value = "savepoint swallows every error, then COMMIT", says = "returned normally")
final class SavepointSwallows {

    interface Import {
        void run(String... items) throws SQLException;
    }

    record Buggy(DataSource shop) implements Import {
        @Override
        public void run(String... items) throws SQLException {
            Sql.inTransaction(shop, transaction -> {
                for (String item : items) {
                    Savepoint before = transaction.setSavepoint();
                    try {
                        Sql.run(transaction, "INSERT INTO stock (item, n) VALUES (?, 1)", item);
                    } catch (SQLException isThereAlready) {
                        transaction.rollback(before);
                    }
                }
            });
        }
    }

    record Fixed(DataSource shop) implements Import {
        @Override
        public void run(String... items) throws SQLException {
            Sql.inTransaction(shop, transaction -> {
                for (String item : items) {
                    Sql.run(transaction, "INSERT INTO stock (item, n) VALUES (?, 1) ON CONFLICT DO NOTHING", item);
                }
            });
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
            service.apply(shop).run("ink", "paper");
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
