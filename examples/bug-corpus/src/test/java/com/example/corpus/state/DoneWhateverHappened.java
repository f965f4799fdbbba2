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
import java.sql.SQLException;
import java.util.function.Function;
import javax.sql.DataSource;

/** A job that failed is logged, and marked as done like all others. */
@Bug(value = "catch-all that marks as done", says = "returned normally")
final class DoneWhateverHappened {

    interface Jobs {
        void run(int job) throws SQLException;
    }

    record Buggy(DataSource jobs) implements Jobs {
        private static final Logger LOG = System.getLogger("jobs");

        @Override
        public void run(int job) throws SQLException {
            try {
                Sql.run(jobs, "INSERT INTO result (job, value) VALUES (?, 'worked out')", job);
            } catch (SQLException failure) {
                LOG.log(Level.DEBUG, "job {0} failed", job, failure);
            } finally {
                Sql.run(jobs, "UPDATE job SET status = 'done' WHERE id = ?", job);
            }
        }
    }

    record Fixed(DataSource jobs) implements Jobs {
        @Override
        public void run(int job) throws SQLException {
            Sql.inTransaction(jobs, transaction -> {
                Sql.run(transaction, "INSERT INTO result (job, value) VALUES (?, 'worked out')", job);
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
        void whatIsDoneHasAResult(HikariDataSource jobs, Sweep sweep) throws SQLException {
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
