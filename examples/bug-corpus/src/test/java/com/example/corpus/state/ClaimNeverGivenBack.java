// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.state;

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

/** A job is claimed in one transaction and done in the next; between the two it can be forgotten for ever. */
@Bug(value = "claim of a job never given back", says = "jobs claimed", asks = "`invariant`")
final class ClaimNeverGivenBack {

    interface Jobs {
        void run(int job) throws SQLException;
    }

    record Buggy(DataSource jobs) implements Jobs {
        @Override
        public void run(int job) throws SQLException {
            String claim = "UPDATE job SET status = 'running' WHERE id = ? AND status = 'waiting'";
            if (Sql.run(jobs, claim, job) == 1) {
                Sql.inTransaction(jobs, transaction -> finish(transaction, job));
            }
        }
    }

    record Fixed(DataSource jobs) implements Jobs {
        @Override
        public void run(int job) throws SQLException {
            String claim = "SELECT id FROM job WHERE id = ? AND status = 'waiting' FOR UPDATE SKIP LOCKED";
            Sql.inTransaction(jobs, transaction -> {
                if (Sql.has(transaction, claim, job)) {
                    finish(transaction, job);
                }
            });
        }
    }

    private static void finish(Connection transaction, int job) throws SQLException {
        Sql.run(transaction, "INSERT INTO result (job, value) VALUES (?, 'worked out')", job);
        Sql.run(transaction, "UPDATE job SET status = 'done' WHERE id = ?", job);
    }

    @PostgresTest
    @IsolatedSchema("/jobs.sql")
    abstract static class Sweeps {

        private final Function<DataSource, Jobs> service;

        Sweeps(Function<DataSource, Jobs> service) {
            this.service = service;
        }

        @ChaosSweep
        void noJobIsForgotten(HikariDataSource jobs, Sweep sweep) throws SQLException {
            sweep.invariant("jobs claimed", "SELECT count(*) FROM job WHERE status = 'running'");
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
