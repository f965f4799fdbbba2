// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One look at one schema, within a transaction: what fails is written down, and the rest goes on. */
final class Examination {

    private static final String CORRUPTED = "XX001";
    private static final String INDEX_CORRUPTED = "XX002";

    private final Connection connection;
    private final String schema;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> unchecked = new ArrayList<>();

    Examination(Connection connection, String schema) {
        this.connection = connection;
        this.schema = schema;
    }

    /** What is done with a row of a catalogue. */
    @FunctionalInterface
    interface Each {
        void row(ResultSet row) throws SQLException;
    }

    /** What may fail by itself. */
    @FunctionalInterface
    interface Step {
        void run() throws SQLException;
    }

    /** Runs a query of a catalogue, whose only parameter, in any number, is the schema. */
    void catalogue(String sql, Each each) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 1; i <= statement.getParameterMetaData().getParameterCount(); i++) {
                statement.setString(i, schema);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    each.row(rows);
                }
            }
        }
    }

    /** Runs a query of ours over the user's rows. */
    void query(String sql, Each each) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    each.row(rows);
                }
            }
        }
    }

    /** The broken ones of a query that gives their number, and one example in each row. Empty if there is none. */
    Optional<Evidence> evidence(String sql) throws SQLException {
        long[] count = new long[1];
        List<String> examples = new ArrayList<>();
        query(sql, row -> {
            count[0] = row.getLong(1);
            examples.add(row.getString(2));
        });
        return examples.isEmpty() ? Optional.empty() : Optional.of(new Evidence(count[0], examples));
    }

    /** Does one thing; if the server refuses, the next one has its chance all the same. */
    void step(String relation, String what, Step step) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            step.run();
        } catch (SQLException e) {
            String state = Optional.ofNullable(e.getSQLState()).orElse("");
            connection.rollback(before); // fails with the connection itself
            if (state.equals(CORRUPTED) || state.equals(INDEX_CORRUPTED)) {
                add(new Finding.Corruption(relation, state, String.valueOf(e.getMessage())));
            } else {
                unchecked(what + " of " + relation + ", the server answered " + state);
            }
        }
        connection.releaseSavepoint(before);
    }

    void add(Finding finding) {
        if (findings.size() < IntegrityReport.FINDINGS_MAX) {
            findings.add(finding);
        }
    }

    void unchecked(String sentence) {
        if (unchecked.size() < IntegrityReport.FINDINGS_MAX) {
            unchecked.add(sentence);
        }
    }

    IntegrityReport report() {
        return new IntegrityReport(
                findings.stream().distinct().toList(),
                unchecked.stream().distinct().toList());
    }
}
