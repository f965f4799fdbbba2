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

/** A message is noted as known before it is handled; if that fails, its redelivery is taken for a duplicate. */
@Bug(value = "inbox written outside of the transaction", says = "returned normally")
final class InboxOutside {

    private static final String NOTE = "INSERT INTO inbox (message) VALUES (?) ON CONFLICT DO NOTHING";

    /** Handles a message that may come more than once. */
    interface Consumer {
        void on(String message) throws SQLException;
    }

    record Buggy(DataSource jobs) implements Consumer {
        @Override
        public void on(String message) throws SQLException {
            if (Sql.run(jobs, NOTE, message) == 1) {
                Sql.inTransaction(jobs, transaction -> handle(transaction, message));
            }
        }
    }

    record Fixed(DataSource jobs) implements Consumer {
        @Override
        public void on(String message) throws SQLException {
            Sql.inTransaction(jobs, transaction -> {
                if (Sql.run(transaction, NOTE, message) == 1) {
                    handle(transaction, message);
                }
            });
        }
    }

    private static void handle(Connection transaction, String message) throws SQLException {
        Sql.run(transaction, "INSERT INTO result (job, value) VALUES (1, ?)", message);
        Sql.run(transaction, "UPDATE job SET status = 'done' WHERE id = 1");
    }

    @PostgresTest
    @IsolatedSchema("/jobs.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Consumer> service;

        Sweeps(Function<DataSource, Consumer> service) {
            this.service = service;
        }

        @ChaosSweep
        void aMessageIsHandledOnce(HikariDataSource jobs, Sweep sweep) throws SQLException {
            deliver("m-1", service.apply(jobs));
        }

        /** As a broker does: again, until it is acknowledged, but not for ever. */
        private static void deliver(String message, Consumer consumer) throws SQLException {
            for (int delivery = 1; ; delivery++) {
                try {
                    consumer.on(message);
                    return;
                } catch (SQLException failure) {
                    if (delivery == 3) {
                        throw failure;
                    }
                }
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
