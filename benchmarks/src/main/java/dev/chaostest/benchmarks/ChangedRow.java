// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.postgres.snapshot.SchemaSnapshot;
import dev.chaostest.postgres.snapshot.SchemaSnapshots;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.assertj.db.type.AssertDbConnectionFactory;
import org.assertj.db.type.Changes;
import org.dbunit.Assertion;
import org.dbunit.DatabaseUnitException;
import org.dbunit.assertion.DiffCollectingFailureHandler;
import org.dbunit.database.DatabaseConfig;
import org.dbunit.database.DatabaseConnection;
import org.dbunit.dataset.ITable;
import org.dbunit.ext.postgresql.PostgresqlDataTypeFactory;

/** The ways to find the one row of a table that changed: capture, change, capture again, compare. */
enum ChangedRow {
    CHAOSTEST {
        @Override
        long find(DataSource source, Change change) throws SQLException {
            long begin = System.nanoTime();
            try (SchemaSnapshots snapshots = SchemaSnapshots.of(source, OneRowOfMany.SCHEMA)) {
                SchemaSnapshot before = snapshots.capture();
                long changing = change.make();
                requireOne(before.diff().table("big").orElseThrow().changed());
                return System.nanoTime() - begin - changing;
            }
        }
    },

    ASSERTJ_DB {
        @Override
        long find(DataSource source, Change change) throws SQLException {
            long begin = System.nanoTime();
            Changes changes = AssertDbConnectionFactory.of(source)
                    .create()
                    .changes()
                    .table("big")
                    .build();
            changes.setStartPointNow();
            long changing = change.make();
            changes.setEndPointNow();
            requireOne(changes.getChangesList().size());
            return System.nanoTime() - begin - changing;
        }
    },

    DBUNIT {
        @Override
        long find(DataSource source, Change change) throws SQLException, DatabaseUnitException {
            long begin = System.nanoTime();
            try (Connection connection = source.getConnection()) {
                DatabaseConnection dbUnit = new DatabaseConnection(connection, OneRowOfMany.SCHEMA);
                dbUnit.getConfig().setProperty(DatabaseConfig.PROPERTY_DATATYPE_FACTORY, new PostgresqlDataTypeFactory());
                ITable before = table(dbUnit);
                long changing = change.make();
                DiffCollectingFailureHandler differences = new DiffCollectingFailureHandler();
                Assertion.assertEquals(before, table(dbUnit), differences);
                requireOne(differences.getDiffList().size());
                return System.nanoTime() - begin - changing;
            }
        }

        private ITable table(DatabaseConnection connection) throws SQLException, DatabaseUnitException {
            return connection.createDataSet(new String[] {"big"}).getTable("big");
        }
    };

    /** The change, which is not part of the time. */
    record Change(DataSource source) {
        /** @return how long it took */
        long make() throws SQLException {
            long begin = System.nanoTime();
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE " + OneRowOfMany.SCHEMA + ".big SET amount = amount + 1 WHERE id = 77");
            }
            return System.nanoTime() - begin;
        }
    }

    /** @return how many nanoseconds it took to find it */
    abstract long find(DataSource source, Change change) throws SQLException, DatabaseUnitException;

    static void requireOne(long found) {
        if (found != 1) {
            throw new IllegalStateException("one row must be found, but " + found + " were");
        }
    }
}
