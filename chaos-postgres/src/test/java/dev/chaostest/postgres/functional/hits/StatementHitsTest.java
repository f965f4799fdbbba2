// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.hits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Map;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class StatementHitsTest {

    private static final String UPDATE = "UPDATE account SET balance = balance - ? WHERE id = ?";
    private static final String UPDATE_SITE = "UPDATE account SET balance = balance - $1 WHERE id = $2";

    /** Before, at and after the use from which the server knows the statement by name. */
    @ParameterizedTest
    @CsvSource({
        "prepareThreshold=5, 4", "prepareThreshold=5, 5", "prepareThreshold=5, 6", "prepareThreshold=5, 20",
        "prepareThreshold=1, 3", "prepareThreshold=0, 3", "prepareThreshold=-1, 3", "binaryTransfer=false, 6",
        "preferQueryMode=extendedCacheEverything, 6", "preferQueryMode=extendedForPrepared, 6"
    })
    void preparedStatementIsOneHitEachTime(String setting, int times) throws Exception {
        assertThat(Hits.count(setting, connection -> {
                    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
                        for (int n = 0; n < times; n++) {
                            update.setInt(1, n);
                            update.setInt(2, 1);
                            update.executeUpdate();
                        }
                    }
                }))
                .isEqualTo(Map.of(UPDATE_SITE, (long) times));
    }

    /** The driver writes the values into the text, so the site has no parameters. */
    @Test
    void simpleQueryModeHasLiteralsInPlaceOfParameters() throws Exception {
        assertThat(Hits.count("preferQueryMode=simple", connection -> {
                    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
                        for (int n = 0; n < 6; n++) {
                            update.setInt(1, n);
                            update.setInt(2, 1);
                            update.executeUpdate();
                        }
                    }
                }))
                .isEqualTo(Map.of("UPDATE account SET balance = balance - (?::int4) WHERE id = (?::int4)", 6L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
    void plainStatementIsOneHit(String mode) throws Exception {
        assertThat(Hits.count("preferQueryMode=" + mode, connection -> {
                    try (Statement statement = connection.createStatement()) {
                        for (int n = 0; n < 7; n++) {
                            statement.executeUpdate("UPDATE account SET balance = " + n + " WHERE id = 1");
                        }
                        statement.executeQuery("SELECT 1").close();
                    }
                }))
                .isEqualTo(Map.of("UPDATE account SET balance = ? WHERE id = ?", 7L, "SELECT ?", 1L));
    }

    @Test
    void failingStatementIsAHitToo() throws Exception {
        assertThat(Hits.count(connection -> {
                    for (String wrong : new String[] {"SELECT 1 / 0", "SELECT missing", "SELEC 1"}) {
                        try (PreparedStatement statement = connection.prepareStatement(wrong)) {
                            assertThatThrownBy(statement::execute).isInstanceOf(SQLException.class);
                        }
                    }
                }))
                .isEqualTo(Map.of("SELECT ? / ?", 1L, "SELECT missing", 1L, "SELEC ?", 1L));
    }

    /** Nothing is run, so nothing arrives. */
    @Test
    void descriptionsAreNone() throws Exception {
        assertThat(Hits.count(connection -> {
                    try (PreparedStatement select = connection.prepareStatement("SELECT * FROM account WHERE id = ?")) {
                        assertThat(select.getMetaData().getColumnCount()).isEqualTo(2);
                        assertThat(select.getParameterMetaData().getParameterCount())
                                .isOne();
                    }
                }))
                .isEmpty();
    }

    @Test
    void generatedKeysComeWithTheSameStatement() throws Exception {
        assertThat(Hits.count(connection -> {
                    try (PreparedStatement insert =
                            connection.prepareStatement("INSERT INTO account VALUES (?, 0)", new String[] {"id"})) {
                        for (int id = 20; id < 23; id++) {
                            insert.setInt(1, id);
                            insert.executeUpdate();
                            insert.getGeneratedKeys().close();
                        }
                    }
                }))
                .isEqualTo(Map.of("INSERT INTO account VALUES ($1, ?) RETURNING \"id\"", 3L));
    }

    /** And the server knows the statement by a name that was given before. */
    @Test
    void statementThatWasPreparedBeforeTheRoundIsCounted() throws Exception {
        try (Hits hits = Hits.on("prepareThreshold", "1");
                PreparedStatement select = hits.connection().prepareStatement("SELECT id FROM account WHERE id = ?")) {
            select.setInt(1, 1);
            for (int n = 0; n < 3; n++) {
                select.executeQuery().close();
            }
            assertThat(hits.of(connection -> select.executeQuery().close()))
                    .isEqualTo(Map.of("SELECT id FROM account WHERE id = $1", 1L));
        }
    }

    @Test
    void callsAreOneHit() throws Exception {
        assertThat(Hits.count(connection -> {
                    try (CallableStatement call = connection.prepareCall("{? = call abs(?)}")) {
                        call.registerOutParameter(1, Types.INTEGER);
                        call.setInt(2, -3);
                        call.execute();
                        assertThat(call.getInt(1)).isEqualTo(3);
                    }
                }))
                .hasSize(1)
                .hasEntrySatisfying(
                        new Condition<>(site -> site.startsWith("select * from abs("), "a call of abs"),
                        new Condition<>(hits -> hits == 1, "once"));
    }

    /** What a procedure runs inside the server does not pass the wire: no COMMIT of its arrives. */
    @Test
    void procedureThatCommitsIsOneHit() throws Exception {
        assertThat(Hits.count(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("DO $$BEGIN UPDATE account SET balance = 1; COMMIT; END$$");
                        statement.execute("CREATE PROCEDURE p() LANGUAGE plpgsql AS $$BEGIN COMMIT; END$$");
                        statement.execute("CALL p()");
                    }
                }))
                .isEqualTo(Map.of("DO ?", 1L, "CREATE PROCEDURE p() LANGUAGE plpgsql AS ?", 1L, "CALL p()", 1L));
    }

    /** In the extended modes the driver takes the string apart. */
    @ParameterizedTest
    @ValueSource(strings = {"extended", "extendedCacheEverything"})
    void stringOfStatementsIsOneHitForEachOfThem(String mode) throws Exception {
        assertThat(Hits.count(
                        "preferQueryMode=" + mode,
                        connection -> connection
                                .createStatement()
                                .execute("UPDATE account SET balance = 1; SELECT 1; SELECT 2; DELETE FROM account")))
                .isEqualTo(Map.of("UPDATE account SET balance = ?", 1L, "SELECT ?", 2L, "DELETE FROM account", 1L));
    }

    @Test
    void stringOfStatementsIsOneHitInSimpleMode() throws Exception {
        assertThat(Hits.count(
                        "preferQueryMode=simple",
                        connection -> connection
                                .createStatement()
                                .execute("UPDATE account SET balance = 1; SELECT 1; DELETE FROM account")))
                .isEqualTo(Map.of("UPDATE account SET balance = ?; SELECT ?; DELETE FROM account", 1L));
    }

    /** Without a text there is no statement, but the server is asked all the same. */
    @Test
    void emptyStringIsAHit() throws Exception {
        assertThat(Hits.count(connection -> connection.createStatement().execute("")))
                .isEqualTo(Map.of("(empty)", 1L));
    }

    /** The server prepares it: what the driver sends stays one statement. */
    @Test
    void preparedByHand() throws Exception {
        assertThat(Hits.count(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("PREPARE mine AS SELECT $1::int");
                        statement.execute("EXECUTE mine(1)");
                        statement.execute("EXECUTE mine(2)");
                        statement.execute("DEALLOCATE mine");
                    }
                }))
                .isEqualTo(Map.of("PREPARE mine AS SELECT $1::int", 1L, "EXECUTE mine(?)", 2L, "DEALLOCATE mine", 1L));
    }

    /** The driver forgets what it prepared, and prepares again. */
    @Test
    void deallocatedBehindTheDriversBack() throws Exception {
        try (Hits hits = Hits.on("prepareThreshold", "1");
                PreparedStatement select = hits.connection().prepareStatement("SELECT id FROM account WHERE id = ?")) {
            assertThat(hits.of(connection -> {
                        for (int n = 0; n < 4; n++) {
                            select.setInt(1, n);
                            select.executeQuery().close();
                            connection.createStatement().execute("DISCARD ALL");
                        }
                    }))
                    .isEqualTo(Map.of("SELECT id FROM account WHERE id = $1", 4L, "DISCARD ALL", 4L));
        }
    }

    /** A text beyond a megabyte is not read to its end: its name is that of its begin. */
    @Test
    void hugeTextIsOneHitByTheNameOfItsBegin() throws Exception {
        String huge = "x".repeat(2 * 1024 * 1024);
        assertThat(Hits.count(connection -> connection.createStatement().execute("SELECT 1, '" + huge + "', 2")))
                .isEqualTo(Map.of("SELECT ?, ?", 1L));
    }
}
