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

/** A lock of the session goes back to the pool with its connection, and whoever wants it next waits for ever. */
@Bug(value = "advisory lock leaked on the failing path", says = "advisory lock")
final class AdvisoryLockLeaked {

    interface Jobs {
        void run(int job) throws SQLException;
    }

    record Buggy(DataSource jobs) implements Jobs {
        @Override
        public void run(int job) throws SQLException {
            try (Connection connection = jobs.getConnection()) {
                Sql.run(connection, "SELECT pg_advisory_lock(hashtext(current_schema()))");
                Sql.run(connection, "UPDATE job SET status = 'done' WHERE id = ?", job);
                Sql.run(connection, "SELECT pg_advisory_unlock(hashtext(current_schema()))");
            }
        }
    }

    record Fixed(DataSource jobs) implements Jobs {
        @Override
        public void run(int job) throws SQLException {
            Sql.inTransaction(jobs, transaction -> {
                Sql.run(transaction, "SELECT pg_advisory_xact_lock(hashtext(current_schema()))");
                Sql.run(transaction, "UPDATE job SET status = 'done' WHERE id = ?", job);
            });
        }
    }

    @PostgresTest
    @IsolatedSchema("/jobs.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Jobs> service;

        Sweeps(Function<DataSource, Jobs> service) {
            this.service = service;
        }

        @ChaosSweep
        void aJobIsDone(HikariDataSource jobs, Sweep sweep) throws SQLException {
            service.apply(jobs).run(1);
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
