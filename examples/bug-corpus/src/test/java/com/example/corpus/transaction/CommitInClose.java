// SPDX-License-Identifier: Apache-2.0
package com.example.corpus.transaction;

import com.example.corpus.Bug;
import com.example.corpus.Sql;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;

/** A unit of work commits when it is closed; close() is not the place to fail, somebody thought. */
@Bug(value = "failure of COMMIT swallowed in close()", says = "returned normally")
final class CommitInClose {

    /** What is written in it is committed if it was completed. */
    interface Unit extends AutoCloseable {
        Connection connection();

        void complete() throws SQLException;

        @Override
        void close() throws SQLException;
    }

    static final class Buggy implements Unit {
        private static final Logger LOG = System.getLogger("unit");

        private final Connection connection;
        private boolean complete;

        Buggy(Connection connection) {
            this.connection = connection;
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public void complete() {
            complete = true;
        }

        @Override
        public void close() {
            try (connection) {
                if (complete) {
                    connection.commit();
                }
            } catch (SQLException failure) {
                LOG.log(Level.DEBUG, "can't close", failure);
            }
        }
    }

    record Fixed(Connection connection) implements Unit {
        @Override
        public void complete() throws SQLException {
            connection.commit();
        }

        @Override
        public void close() throws SQLException {
            try (connection) {
                connection.rollback();
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("/orders.sql")
    abstract static class Sweeps {

        private final Function<Connection, Unit> units;

        Sweeps(Function<Connection, Unit> units) {
            this.units = units;
        }

        @ChaosSweep
        void whatWasPlacedIsThere(HikariDataSource shop, Sweep sweep) throws SQLException {
            Connection connection = shop.getConnection();
            connection.setAutoCommit(false);
            try (Unit unit = units.apply(connection)) {
                Sql.run(unit.connection(), "UPDATE stock SET n = n - 1 WHERE item = 'book'");
                unit.complete();
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
