// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.TestServer;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class SnapshotTypesTest {

    /** Pairs that are equal, or hash alike, as the server sees it. That one became the other must not go unseen. */
    private static final String[] ALIKE = {
        "numeric | 1.0 | 1.00",
        "bigint | 1 | 4294967296",
        "bigint | -1 | -4294967296",
        "timestamp | 2000-01-01 00:00:00.000001 | 2000-01-01 01:11:34.967296",
        "timestamptz | 2000-01-01 00:00:00.000001+00 | 2000-01-01 01:11:34.967296+00",
        "time | 00:00:00.000001 | 01:11:34.967296",
        "xid8 | 1 | 4294967296",
        "pg_lsn | 0/1 | 1/0",
        "money | 0.01 | 42949672.96",
        "float8 | 0.0 | -0.0",
        "float4 | 0 | -0",
        "float8 | 1.0000000000000002 | 1",
        "float8 | Infinity | NaN",
        "interval | 1 day | 24 hours",
        "interval | 1 mon | 30 days",
        "int[] | {{1,2},{3,4}} | {1,2,3,4}",
        "int[] | [0:1]={1,2} | {1,2}",
        "numeric[] | {1.0} | {1.00}",
        "text[] | {NULL} | {\"NULL\"}",
        "json | {\"a\":1} | {\"a\": 1}",
        "jsonb | {\"a\":1.0} | {\"a\":1.00}",
        "xml | <a/> | <a></a>",
        "point | (0,0) | (0,-0)",
        "tsvector | a:1 b:2 | a:1 b:3",
        "timestamp | infinity | -infinity",
        "timestamptz | 2026-11-21 10:00:00.000001+00 | 2026-11-21 10:00:00.000002+00",
        "timetz | 10:00:00+00 | 11:00:00+01",
        "date | 4713-01-01 BC | 4713-01-01",
        "bytea | \\x00 | \\x0000",
        "bpchar | a  | a",
        "bit varying | 01 | 010",
        "inet | 10.0.0.1/8 | 10.0.0.1/9",
        "numrange | [1.0,2) | [1.00,2)",
        "money | 1.00 | 1.01",
        "bool | true | false",
        "\"char\" | a | b",
        "uuid | 00000000-0000-0000-0000-000000000001 | 00000000-0000-0000-0000-000000000002",
        "mood | glad | sad",
        "mood[] | {glad} | {sad}",
        "pair | (1,1.0) | (1,1.00)",
        "pair[] | {\"(1,2.0)\"} | {\"(1,2.00)\"}",
        "cents | 1.0 | 1.00",
        "anycase | Ann | ann",
        "text COLLATE anycase_collation | Ann | ann"
    };

    @Test
    void aValueThatLooksEqualIsSeen() {
        try (TestBank bank = new TestBank(
                "CREATE TYPE mood AS ENUM ('sad', 'glad')",
                "CREATE TYPE pair AS (a int, b numeric)",
                "CREATE DOMAIN cents AS numeric",
                "CREATE COLLATION anycase_collation (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "CREATE DOMAIN anycase AS text COLLATE anycase_collation")) {
            for (int i = 0; i < ALIKE.length; i++) {
                String[] pair = ALIKE[i].split(" [|] ");
                bank.sql(
                        "CREATE TABLE t" + i + " (id int PRIMARY KEY, value " + pair[0] + ")",
                        "INSERT INTO t" + i + " VALUES (1, '" + pair[1] + "'), (2, NULL)");
            }
            try (SchemaSnapshots snapshots = bank.snapshots()) {
                SchemaSnapshot snapshot = snapshots.capture();
                snapshot.assertUnchanged();
                for (int i = 0; i < ALIKE.length; i++) {
                    String[] pair = ALIKE[i].split(" [|] ");
                    bank.sql("UPDATE t" + i + " SET value = '" + pair[2] + "' WHERE id = 1");
                }
                SchemaDiff diff = snapshot.diff();
                for (int i = 0; i < ALIKE.length; i++) {
                    requireSeen(ALIKE[i], diff.table("t" + i).orElseThrow());
                }
            }
        }
    }

    private static void requireSeen(String pair, TableDiff table) {
        assertThat(table.changed()).as(pair).isEqualTo(1);
        assertThat(table.lines()).as(pair).hasSize(2);
        assertThat(table.lines().get(1)).startsWith("    changed : id=1  value: ").contains(" -> ");
    }

    @Test
    void nullIsNotTheEmptyTextNorInAnotherColumn() {
        try (TestBank bank = new TestBank(
                        "CREATE TABLE thing (a text, b text, c xml)", "INSERT INTO thing VALUES (NULL, '', NULL), ('x', NULL, NULL)");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot snapshot = snapshots.capture();
            bank.sql("UPDATE thing SET a = b, b = a WHERE a IS NULL");
            assertThat(snapshot.diff().table("thing").orElseThrow().lines())
                    .containsExactly(
                            "  table thing: 1 row removed, 1 row added (2 before, 2 after)",
                            "    removed : 1 x  a: null, b: \"\", c: null",
                            "    added   : 1 x  a: \"\", b: null, c: null");
        }
    }

    @Test
    void theSessionsSettingsChangeNothing() {
        try (TestBank bank = new TestBank(
                        "CREATE TABLE thing (id int PRIMARY KEY, at timestamptz[], v interval[], f float8[], b bytea[])",
                        "INSERT INTO thing VALUES (1, '{2026-11-21 10:00:00+00}', '{1 day}', '{0.1}', '{abc}')")) {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(TestServer.url());
            source.setUser("postgres");
            try (SchemaSnapshots snapshots = SchemaSnapshots.of(source, bank.name())) {
                SchemaSnapshot snapshot = snapshots.capture();
                source.setOptions("-c timezone=Asia/Tokyo -c intervalstyle=iso_8601 -c extra_float_digits=-15"
                        + " -c bytea_output=escape -c search_path=nowhere");
                snapshot.assertUnchanged();
            }
        }
    }

    @Test
    void generatedColumnsAreReadLikeOthers() {
        try (TestBank bank = new TestBank(
                        "CREATE TABLE thing (id int PRIMARY KEY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED)",
                        "INSERT INTO thing VALUES (1, 1)");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot snapshot = snapshots.capture();
            bank.sql("UPDATE thing SET n = 2");
            assertThat(snapshot.diff().table("thing").orElseThrow().lines())
                    .contains("    changed : id=1  n: 1 -> 2, twice: 2 -> 4");
        }
    }

    @Test
    void aLargeTextIsComparedAsAWhole() {
        try (TestBank bank = new TestBank(
                        "CREATE TABLE page (id int PRIMARY KEY, body text)",
                        "INSERT INTO page SELECT 1, string_agg(md5(i::text), '') FROM generate_series(1, 50000) i");
                SchemaSnapshots snapshots = bank.snapshots()) {
            SchemaSnapshot snapshot = snapshots.capture();
            bank.sql("UPDATE page SET body = left(body, -1) || '!'");
            TableDiff table = snapshot.diff().table("page").orElseThrow();
            assertThat(table.changed()).isEqualTo(1);
            assertThat(table.lines()).hasSize(2);
            assertThat(table.lines().get(1)).contains("1600000 characters");
        }
    }
}
