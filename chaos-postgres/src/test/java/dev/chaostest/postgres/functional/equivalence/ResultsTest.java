// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ResultsTest {

    private static final List<String> VALUES = List.of(
            "32767::int2",
            "(-2147483648)::int4",
            "9223372036854775807::int8",
            "12345678901234567890.123456789::numeric",
            "1.50::numeric(10,2)",
            "'NaN'::numeric",
            "'1.5e-30'::float4",
            "'-Infinity'::float8",
            "0.1::float8",
            "true",
            "'text with \u00fc, \u20ac and \ud83d\ude00'::text",
            "'bounded'::varchar(20)",
            "'pad'::char(8)",
            "'\\x00ff27'::bytea",
            "date '2024-02-29'",
            "date 'infinity'",
            "time '23:59:59.999999'",
            "timetz '12:00:00.5+05:30'",
            "timestamp '1999-12-31 23:59:59.123456'",
            "timestamptz '2024-03-31 02:30:00+00'",
            "timestamp '-infinity'",
            "interval '1 year 2 mons -3 days 04:05:06.789'",
            "'6f9619ff-8b86-d011-b42d-00cf4fc964ff'::uuid",
            "'{\"a\": [1, null]}'::json",
            "'{\"b\": 2, \"a\": 1}'::jsonb",
            "'<a b=\"c\">d</a>'::xml",
            "ARRAY[1,NULL,3]",
            "ARRAY[[1,2],[3,4]]::int8[]",
            "ARRAY['a,b', '\"', NULL, '']::text[]",
            "ARRAY[1.5, 'NaN']::float8[]",
            "'{}'::uuid[]",
            "int4range(1, 5)",
            "tstzrange('2024-01-01 00:00+00', NULL, '(]')",
            "'{[1,3), [5,7)}'::int4multirange",
            "'happy'::mood",
            "ROW(1, 'a b', NULL)::pair",
            "5::positive",
            "'10.0.0.0/8'::inet",
            "'10.0.0.0/8'::cidr",
            "'08:00:2b:01:02:03'::macaddr",
            "B'101'::bit(3)",
            "B'10101'::varbit",
            "12.34::money",
            "point(1.5, -2)",
            "box '(0,0),(1,1)'",
            "circle '<(0,0),2>'",
            "polygon '((0,0),(1,1),(2,0))'",
            "path '[(0,0),(1,1)]'",
            "lseg '[(0,0),(1,1)]'",
            "to_tsvector('simple', 'a fat cat')",
            "to_tsquery('simple', 'fat & cat')",
            "42::oid",
            "'pg_class'::regclass",
            "'16/B374D848'::pg_lsn",
            "'a'::name",
            "'x'::\"char\"",
            "NULL::int4",
            "NULL::text",
            "NULL",
            "''::text");

    private static void types(Stage stage) throws SQLException {
        stage.given(
                "CREATE TYPE mood AS ENUM ('sad', 'happy')",
                "CREATE TYPE pair AS (one int, other text, third date)",
                "CREATE DOMAIN positive AS int CHECK (VALUE > 0)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prepareThreshold=5",
                "prepareThreshold=-1",
                "binaryTransfer=false",
                "preferQueryMode=simple",
                "prepareThreshold=1"
            })
    void valuesOfEveryType(String setting) {
        String[] pair = setting.split("=", 2);
        Both.same(stage -> {
            types(stage);
            Connection connection = stage.connect(pair);
            for (String value : VALUES) {
                try (PreparedStatement select = connection.prepareStatement("SELECT " + value + " AS v")) {
                    for (int round = 0; round < 2; round++) {
                        try (ResultSet rows = select.executeQuery()) {
                            stage.seen().rows(value, rows);
                        }
                    }
                    getters(stage, value, select);
                }
            }
        });
    }

    private static void getters(Stage stage, String value, PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            row.next();
            Observed seen = stage.seen();
            seen.outcome(value + " as boolean", () -> row.getBoolean(1));
            seen.outcome(value + " as int", () -> row.getInt(1));
            seen.outcome(value + " as double", () -> row.getDouble(1));
            seen.outcome(value + " as BigDecimal", () -> row.getBigDecimal(1));
            seen.outcome(value + " as bytes", () -> row.getBytes(1));
            seen.outcome(value + " as Timestamp", () -> row.getTimestamp(1));
            seen.outcome(value + " as LocalDate", () -> row.getObject(1, LocalDate.class));
            seen.outcome(value + " as array", () -> row.getArray(1));
            seen.outcome(value + " as object", () -> {
                Object object = row.getObject(1);
                return object == null ? "null" : object.getClass().getName();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prepareThreshold=5", "prepareThreshold=1", "preferQueryMode=simple"})
    void parametersOfEveryType(String setting) {
        String[] pair = setting.split("=", 2);
        Both.same(stage -> {
            types(stage);
            Connection connection = stage.connect(pair);
            for (int round = 0; round < 3; round++) {
                setters(stage, connection);
            }
        });
    }

    private static void setters(Stage stage, Connection connection) throws SQLException {
        UUID id = UUID.fromString("6f9619ff-8b86-d011-b42d-00cf4fc964ff");
        Calendar tokyo = Calendar.getInstance(TimeZone.getTimeZone("Asia/Tokyo"));
        byte[] bytes = "b\0b".getBytes(StandardCharsets.UTF_8);
        echo(stage, connection, "int4", set -> set.setInt(1, -7));
        echo(stage, connection, "int8", set -> set.setLong(1, Long.MIN_VALUE));
        echo(stage, connection, "int2", set -> set.setShort(1, (short) 3));
        echo(stage, connection, "float4", set -> set.setFloat(1, 1.25f));
        echo(stage, connection, "float8", set -> set.setDouble(1, Double.NaN));
        echo(stage, connection, "numeric", set -> set.setBigDecimal(1, new BigDecimal("1e-10")));
        echo(stage, connection, "bool", set -> set.setBoolean(1, true));
        echo(stage, connection, "text", set -> set.setString(1, "it's \\ \u20ac"));
        echo(stage, connection, "bytea", set -> set.setBytes(1, bytes));
        echo(stage, connection, "bytea", set -> set.setBinaryStream(1, new ByteArrayInputStream(bytes), 3));
        echo(stage, connection, "text", set -> set.setCharacterStream(1, new StringReader("characters"), 10));
        echo(stage, connection, "date", set -> set.setDate(1, Date.valueOf("2024-02-29")));
        echo(stage, connection, "time", set -> set.setTime(1, Time.valueOf("01:02:03")));
        echo(stage, connection, "timestamptz", set -> set.setTimestamp(1, new Timestamp(1_700_000_000_123L), tokyo));
        echo(stage, connection, "date", set -> set.setObject(1, LocalDate.of(2000, 1, 1)));
        echo(stage, connection, "time", set -> set.setObject(1, LocalTime.of(1, 2, 3, 4000)));
        echo(stage, connection, "timestamp", set -> set.setObject(1, LocalDateTime.of(1, 2, 3, 4, 5)));
        echo(
                stage,
                connection,
                "timestamptz",
                set -> set.setObject(1, OffsetDateTime.of(2024, 1, 1, 0, 0, 0, 0, ZoneOffset.ofHours(9))));
        echo(stage, connection, "uuid", set -> set.setObject(1, id));
        echo(stage, connection, "mood", set -> set.setObject(1, "sad", Types.OTHER));
        echo(stage, connection, "jsonb", set -> set.setObject(1, "[1]", Types.OTHER));
        echo(
                stage,
                connection,
                "int4[]",
                set -> set.setArray(1, connection.createArrayOf("int4", new Object[] {1, null})));
        echo(
                stage,
                connection,
                "text[]",
                set -> set.setArray(1, connection.createArrayOf("text", new Object[] {"a,\"b"})));
        echo(stage, connection, "xml", set -> {
            var xml = connection.createSQLXML();
            xml.setString("<a/>");
            set.setSQLXML(1, xml);
        });
        echo(stage, connection, "int4", set -> set.setNull(1, Types.INTEGER));
        echo(stage, connection, "text", set -> set.setObject(1, null));
        echo(stage, connection, "int4", set -> set.setString(1, "7"));
        echo(stage, connection, "int4", set -> set.setObject(1, "nonsense", Types.OTHER));
        echo(stage, connection, "text", set -> {});
    }

    private interface Setter {
        void set(PreparedStatement statement) throws SQLException;
    }

    private static void echo(Stage stage, Connection connection, String type, Setter setter) throws SQLException {
        String sql = "SELECT ?::" + type;
        try (PreparedStatement echo = connection.prepareStatement(sql)) {
            stage.seen().done(sql, () -> {
                setter.set(echo);
                try (ResultSet row = echo.executeQuery()) {
                    stage.seen().rows(sql, row);
                }
            });
        }
    }

    @Test
    void largeValuesBothWays() {
        Both.same(stage -> {
            Connection connection = stage.connect();
            byte[] large = new byte[9 * 1024 * 1024];
            Arrays.fill(large, (byte) 'E'); // looks like an error message wherever a boundary is missed
            try (PreparedStatement echo = connection.prepareStatement("SELECT ?::bytea, ?::text")) {
                echo.setBytes(1, large);
                echo.setString(2, "Z".repeat(100_000));
                try (ResultSet row = echo.executeQuery()) {
                    stage.seen().rows("echo", row);
                }
            }
            stage.run(connection, "SELECT length('" + "x".repeat(900 * 1024) + "')");
            stage.run(
                    connection,
                    "SELECT count(*), sum(length(t)) FROM (SELECT repeat('y', 100) t FROM generate_series(1, 20000)) r");
            try (PreparedStatement many =
                            connection.prepareStatement("SELECT n, 'C' || n FROM generate_series(1, 3000) n");
                    ResultSet rows = many.executeQuery()) {
                stage.seen().rows("many", rows);
            }
        });
    }
}
