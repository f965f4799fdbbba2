// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlSitesTest {

    private static String name(String sql) {
        return SqlSites.site(sql).name();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT  1 /* why /* nested */ */ , 'it''s' -- end | SELECT ? , ?",
                "SELECT E'a\\'b', U&'x', B'01', X'ff', N'n', $$a$$, $t$ $x$ $t$ | SELECT ?, ?, ?, ?, ?, ?, ?",
                "SELECT 1.5e-3, .5, 0x1F, 1_000, a1, t.c2 | SELECT ?, ?, ?, ?, a1, t.c2",
                "UPDATE account SET balance = balance - $1 WHERE id = $2; | UPDATE account SET balance = balance - $1 WHERE id = $2",
                "UPDATE account SET balance = balance -100 | UPDATE account SET balance = balance -?",
                "SELECT -5, +7, a-5, (-5), f(-1) | SELECT ?, ?, a-?, (?), f(?)",
                "SELECT * FROM t WHERE x BETWEEN -1 AND -2 | SELECT * FROM t WHERE x BETWEEN ? AND ?",
                "SELECT 1 WHERE id IN (1, 2,3) AND x = 4 | SELECT ? WHERE id IN (...) AND x = ?",
                "SELECT 1 WHERE id in ($1,$2) AND x = $3 | SELECT ? WHERE id in (...) AND x = $1",
                "SELECT 1 WHERE id IN (('1'::int4), ('2'::int4)) | SELECT ? WHERE id IN (...)",
                "SELECT 1 WHERE id IN (SELECT id FROM t) | SELECT ? WHERE id IN (SELECT id FROM t)",
                "SELECT ARRAY[1,2,3] | SELECT ARRAY[...]",
                "INSERT INTO t VALUES ($1, $2), ($3, $4), ($5, $6) | INSERT INTO t VALUES ($1, $2)",
                "INSERT INTO t VALUES (1, f(2)), (3, 4) RETURNING id | INSERT INTO t VALUES (?, f(?)) RETURNING id",
                "INSERT INTO t VALUES ($1), ($2) ON CONFLICT DO UPDATE SET x = $3 | INSERT INTO t VALUES ($1) ON CONFLICT DO UPDATE SET x = $2",
                "SELECT * FROM chaos_1a2b.account, \"chaos_1a2b\".\"Other\" | SELECT * FROM account, \"Other\"",
                "SELECT * FROM \"my Tests_tb2k9x_1f3a_12\".account | SELECT * FROM account",
                "SELECT \"My Col\" FROM \"T\" | SELECT \"My Col\" FROM \"T\"",
                "SELECT x::int, 'a'::text | SELECT x::int, ?::text",
                "FETCH ALL IN \"<unnamed portal 12>\" | FETCH ALL IN \"<unnamed portal ?>\"",
                "BEGIN | BEGIN",
                "start transaction isolation level serializable, read only | BEGIN",
                "begin work | BEGIN",
                "COMMIT WORK; | COMMIT",
                "end | COMMIT",
                "commit and no chain | COMMIT",
                "COMMIT AND CHAIN | COMMIT AND CHAIN",
                "abort | ROLLBACK",
                "/* x */ rollback transaction | ROLLBACK",
                "ROLLBACK TO JDBC_SAVEPOINT_17 | ROLLBACK TO SAVEPOINT JDBC_SAVEPOINT_?",
                "rollback to savepoint mine | ROLLBACK TO SAVEPOINT mine",
                "savepoint s1 | SAVEPOINT s?",
                "release s1 | RELEASE SAVEPOINT s?",
                "COMMIT PREPARED 'x' | COMMIT PREPARED ?",
                "PREPARE TRANSACTION 'x' | PREPARE TRANSACTION ?",
                "BEGIN; UPDATE t SET a = 1; | BEGIN; UPDATE t SET a = ?",
            })
    void namesHoldNoValues(String sql, String expected) {
        assertThat(name(sql)).isEqualTo(expected);
    }

    @Test
    void literalsAcrossLinesAreOne() {
        assertThat(name("SELECT 'a'\n  'b'")).isEqualTo("SELECT ?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ";", "-- nothing", "/* nothing */ ;"})
    void emptyQueryHasAName(String sql) {
        assertThat(name(sql)).isEqualTo("(empty)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 'open",
                "SELECT \"open",
                "SELECT /* open",
                "SELECT $t$ open",
                "SELECT $",
                "SELECT E'\\",
                "'",
                "\"",
                "/*",
                "/*/",
                "$$",
                "$a",
                "U&'",
                "U&\"",
                "0x",
                "1e",
                "1e+",
                ".",
                "(",
                ")",
                "VALUES (",
                "IN (",
                "IN ((",
                "ARRAY[",
                "), (",
                "SELECT '😀' AS 😀 -- 😀",
                "\uD83D",
                "SELECT \u0000",
                "chaos_a.",
                "-1",
                "+"
            })
    void hostileTextsHaveAName(String sql) {
        assertThat(name(sql)).isNotEmpty();
        assertThat(name(name(sql))).isNotEmpty();
        assertThat(SqlShape.of(name(sql))).isNotNull();
    }

    @Test
    void randomTextsHaveANameAndAShape() {
        String[] parts = {
            "SELECT", "FROM", "UPDATE", "WITH", "(", ")", "'", "\"", "$$", "$a$", "$1", "/*", "*/", "--", "\n", ";",
            ",", ".", "IN", "VALUES", "ARRAY[", "]", "1", "e", "E'", "\\", "chaos_x", "account", " ", "😀", "JOIN",
            "DELETE", "INTO"
        };
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder sql = new StringBuilder();
            for (int n = random.nextInt(14); n >= 0; n--) {
                sql.append(parts[random.nextInt(parts.length)]);
            }
            assertThat(SqlShape.of(name(sql.toString()))).as(sql.toString()).isNotNull();
        }
    }

    @Test
    void longTextHasABoundedNameThatStaysItsOwn() {
        String one = "SELECT " + "column_a, ".repeat(1_000) + "x";
        String other = "SELECT " + "column_a, ".repeat(1_000) + "y";
        assertThat(name(one)).hasSizeLessThan(2_100).isNotEqualTo(name(other)).isEqualTo(name(one));
    }
}
