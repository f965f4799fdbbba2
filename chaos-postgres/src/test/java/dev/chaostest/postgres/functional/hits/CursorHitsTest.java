// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.hits;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Types;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class CursorHitsTest {

    /** Each fetch is an Execute of the same portal. */
    @ParameterizedTest
    @ValueSource(strings = {"prepareThreshold=5", "prepareThreshold=1"})
    void fetchesBelongToTheirStatement(String setting) throws Exception {
        assertThat(Hits.count(setting, connection -> {
                    connection.setAutoCommit(false);
                    try (PreparedStatement select = connection.prepareStatement("SELECT id FROM account")) {
                        select.setFetchSize(2);
                        for (int n = 0; n < 3; n++) {
                            try (ResultSet rows = select.executeQuery()) {
                                while (rows.next()) {
                                    assertThat(rows.getInt(1)).isPositive();
                                }
                            }
                        }
                        select.executeQuery().close(); // after the first fetch
                    }
                    connection.commit();
                }))
                .isEqualTo(Map.of("BEGIN", 1L, "SELECT id FROM account", 4L, "COMMIT", 1L));
    }

    @Test
    void fetchesOfAPortalThatWasThereBeforeTheRoundAreNone() throws Exception {
        try (Hits hits = Hits.on()) {
            hits.connection().setAutoCommit(false);
            try (PreparedStatement select = hits.connection().prepareStatement("SELECT id FROM account")) {
                select.setFetchSize(2);
                try (ResultSet rows = select.executeQuery()) {
                    assertThat(hits.of(connection -> {
                                while (rows.next()) {
                                    assertThat(rows.getInt(1)).isPositive();
                                }
                            }))
                            .isEmpty();
                }
            }
        }
    }

    /** The driver fetches all rows of a cursor that a function returns, and closes it. */
    @Test
    void cursorsOfFunctionsAreReadByStatementsOfTheirOwn() throws Exception {
        String function = "CREATE FUNCTION c() RETURNS refcursor LANGUAGE plpgsql AS"
                + " $$DECLARE c refcursor; BEGIN OPEN c FOR SELECT 1; RETURN c; END$$";
        try (Hits hits = Hits.on()) {
            hits.connection().createStatement().execute(function);
            hits.connection().setAutoCommit(false);
            assertThat(hits.of(connection -> {
                        for (int n = 0; n < 2; n++) {
                            try (CallableStatement call = connection.prepareCall("{? = call c()}")) {
                                call.registerOutParameter(1, Types.REF_CURSOR);
                                call.execute();
                                ((ResultSet) call.getObject(1)).close();
                            }
                        }
                        connection.commit();
                    }))
                    .isEqualTo(Map.of(
                            "BEGIN", 1L,
                            "select * from c($1) as result", 2L,
                            "FETCH ALL IN \"<unnamed portal ?>\"", 2L,
                            "CLOSE \"<unnamed portal ?>\"", 2L,
                            "COMMIT", 1L));
        }
    }

    /** Each change of a row, and what the driver asks the catalogue to find its key. */
    @Test
    void updatableRowsAreStatements() throws Exception {
        var seen = Hits.count(connection -> {
            try (Statement statement =
                            connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
                    ResultSet rows = statement.executeQuery("SELECT id, balance FROM account")) {
                rows.next();
                rows.updateInt(2, 7);
                rows.updateRow();
                rows.next();
                rows.deleteRow();
                rows.moveToInsertRow();
                rows.updateInt(1, 50);
                rows.updateInt(2, 1);
                rows.insertRow();
            }
        });
        seen.keySet().removeIf(site -> site.contains("pg_catalog"));
        assertThat(seen.keySet())
                .extracting(site -> site.substring(0, site.indexOf(' ')))
                .containsExactlyInAnyOrder("DELETE", "INSERT", "SELECT", "UPDATE");
        assertThat(seen.values()).containsOnly(1L);
    }
}
