// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.server.ServerOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WritesTest {

    private OwnServer server;
    private WriteLog log;

    @BeforeAll
    void open() {
        server = new OwnServer(ServerOptions.ofDefaults());
        log = WriteLog.open(server.postgres());
    }

    @AfterAll
    void close() {
        log.close();
        server.close();
    }

    /** What these statements wrote, in a transaction each, once the first ones have made the tables. */
    private List<RowChange> wrote(String tables, String... statements) {
        try (TestSchema schema = server.schema("bank")) {
            server.in(schema).run(tables);
            try (Writes writes = log.record(schema.name())) {
                server.in(schema).run(statements);
                return writes.wrote();
            }
        }
    }

    @Test
    void everyKindOfChangeIsThereInTheOrderOfTheCommits() {
        try (TestSchema schema = server.schema("bank")) {
            Sql sql = server.in(schema);
            sql.run("CREATE TABLE account (id int PRIMARY KEY, balance numeric); CREATE TABLE entry (note text)");
            sql.run("INSERT INTO account VALUES (9, 1)");
            try (Writes writes = log.record(schema.name())) {
                Instant before = Instant.parse(sql.column(
                                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
                        .get(0));
                sql.run(
                        "BEGIN; INSERT INTO account VALUES (1, 10.50); INSERT INTO entry VALUES (NULL); COMMIT",
                        "UPDATE account SET balance = 7 WHERE id = 1",
                        "DELETE FROM account WHERE id = 1",
                        "TRUNCATE entry, account RESTART IDENTITY");

                List<WrittenTransaction> all = writes.transactions();

                TableName account = new TableName(schema.name(), "account");
                TableName entry = new TableName(schema.name(), "entry");
                assertThat(all).hasSize(4);
                assertThat(all.get(0).changes())
                        .containsExactly(
                                new RowChange.Insert(account, row("id", "1"), row("id", "1", "balance", "10.50")),
                                new RowChange.Insert(entry, row(), row("note", null)));
                assertThat(all.get(1).changes())
                        .containsExactly(new RowChange.Update(
                                account, row("id", "1"), row("id", "1"), row("id", "1", "balance", "7")));
                assertThat(all.get(2).changes())
                        .containsExactly(new RowChange.Delete(account, row("id", "1"), row("id", "1")));
                assertThat(all.get(3).changes())
                        .containsExactlyInAnyOrder(
                                new RowChange.Truncate(entry, true), new RowChange.Truncate(account, true));
                assertThat(all).allMatch(each -> !each.committedAt().isBefore(before) && each.dropped() == 0);
                assertThat(writes.wrote()).hasSize(6);
            }
        }
    }

    @Test
    void theTransactionIsTheOneThatTheSessionSaw() {
        try (TestSchema schema = server.schema("bank")) {
            server.in(schema).run("CREATE TABLE account (id int, xid text)");
            try (Writes writes = log.record(schema.name())) {
                server.in(schema).run("INSERT INTO account VALUES (1, pg_current_xact_id()::xid::text)");
                WrittenTransaction only = writes.transactions().get(0);
                RowChange.Insert insert = (RowChange.Insert) only.changes().get(0);
                assertThat(insert.row()).containsEntry("xid", Long.toString(only.xid()));
            }
        }
    }

    @Test
    void whatWasRolledBackIsNotThere() {
        assertThat(wrote(
                        "CREATE TABLE account (id int)",
                        "BEGIN; INSERT INTO account VALUES (1); ROLLBACK",
                        "BEGIN; INSERT INTO account VALUES (2); SAVEPOINT s; INSERT INTO account VALUES (3);"
                                + " ROLLBACK TO s; SAVEPOINT t; INSERT INTO account VALUES (4); COMMIT"))
                .extracting(change -> ((RowChange.Insert) change).row().get("id"))
                .containsExactly("2", "4");
    }

    @Test
    void rowsBehindASavepointBelongToTheirTransaction() {
        try (TestSchema schema = server.schema("bank")) {
            server.in(schema).run("CREATE TABLE account (id int)");
            try (Writes writes = log.record(schema.name())) {
                server.in(schema)
                        .run(
                                "BEGIN; INSERT INTO account VALUES (1); SAVEPOINT s; INSERT INTO account VALUES (2); COMMIT");
                assertThat(server.in(schema).column("SELECT count(DISTINCT xmin::text) FROM account"))
                        .containsExactly("2");
                writes.assertAllOrNothing();
                assertThat(writes.transactions())
                        .singleElement()
                        .satisfies(only -> assertThat(only.changes()).hasSize(2));
            }
        }
    }

    @Test
    void anOldRowIsAsCompleteAsTheTableSays() {
        String tables = """
                CREATE TABLE plain (id int PRIMARY KEY, note text, big int);
                CREATE TABLE whole (id int PRIMARY KEY, note text, big int); ALTER TABLE whole REPLICA IDENTITY FULL;
                CREATE TABLE nothing (id int PRIMARY KEY, note text, big int); ALTER TABLE nothing REPLICA IDENTITY NOTHING;
                CREATE TABLE keyless (id int, note text, big int);
                CREATE TABLE other (id int PRIMARY KEY, note text NOT NULL UNIQUE, big int);
                ALTER TABLE other REPLICA IDENTITY USING INDEX other_note_key;
                INSERT INTO plain VALUES (1, 'old'); INSERT INTO whole VALUES (1, 'old'); INSERT INTO nothing VALUES (1, 'old');
                INSERT INTO keyless VALUES (1, 'old'); INSERT INTO other VALUES (1, 'old')
                """;
        List<RowChange> all = new ArrayList<>();
        for (String table : List.of("plain", "whole", "nothing", "keyless", "other")) {
            all.addAll(wrote(tables, "UPDATE " + table + " SET note = 'new', id = 2", "DELETE FROM " + table));
        }
        assertThat(all)
                .extracting(WritesTest::before)
                .containsExactly(
                        row("id", "1"),
                        row("id", "2"),
                        row("id", "1", "note", "old", "big", null),
                        row("id", "2", "note", "new", "big", null),
                        row(),
                        row(),
                        row(),
                        row(),
                        row("note", "old"),
                        row("note", "new"));
        assertThat(all)
                .extracting(RowChange::key)
                .containsExactly(
                        row("id", "1"),
                        row("id", "2"),
                        row("id", "1"),
                        row("id", "2"),
                        row(),
                        row(),
                        row(),
                        row(),
                        row("note", "old"),
                        row("note", "new"));
        assertThat(((RowChange.Update) all.get(2)).changed()).containsExactly("id", "note");
        assertThat(all.get(5)).hasToString("DELETE " + all.get(5).table() + " (row not logged)");
        assertThat(all.get(2))
                .hasToString("UPDATE " + all.get(2).table() + " [id=1] [id=1->2, note=old->new, big=NULL]");
    }

    private static java.util.Map<String, String> before(RowChange change) {
        return change instanceof RowChange.Update update ? update.before() : ((RowChange.Delete) change).before();
    }

    @Test
    void aLargeValueThatStayedIsAbsentUnlessTheWholeOldRowIsLogged() {
        String tables = """
                CREATE TABLE doc (id int PRIMARY KEY, body text, n int); ALTER TABLE doc ALTER body SET STORAGE EXTERNAL;
                INSERT INTO doc VALUES (1, repeat('x', 10000), 0)
                """;
        assertThat(wrote(tables, "UPDATE doc SET n = 1"))
                .extracting(change -> ((RowChange.Update) change).after().keySet())
                .containsExactly(java.util.Set.of("id", "n"));
        assertThat(wrote(tables + "; ALTER TABLE doc REPLICA IDENTITY FULL", "UPDATE doc SET n = 1"))
                .extracting(change -> ((RowChange.Update) change).after().get("body"))
                .containsExactly("x".repeat(10_000));
    }

    @Test
    void namesTypesAndValuesMayHoldAnything() throws SQLException {
        String schemaName = "it's \"a. table\": INSERT:";
        String table = "x: UPDATE: id[integer]:1, y.z\"";
        String column = "new-tuple: [\"";
        String value = "a'b''c \" null [x]:y\n\\ old-key: new-tuple: \uD83D\uDE80";
        try (TestSchema schema = server.schema(schemaName);
                Connection connection = server.source(schema).getConnection()) {
            Sql.run(
                    connection,
                    "CREATE TYPE \"ty]pe[\"\"\" AS ENUM ('o''k: ')",
                    "CREATE DOMAIN \"do main\" AS text",
                    "CREATE TABLE " + schema.qualify(table) + " (\"new-tuple: [\"\"\" text, \"Select\" \"ty]pe[\"\"\", "
                            + "arr \"ty]pe[\"\"\"[], n text[][], d \"do main\", b bit varying(9), f boolean, g bytea, "
                            + "ts timestamptz, j jsonb, nan float8, i interval, ch \"char\")");
            try (Writes writes = log.record(schema.name())) {
                try (var insert = connection.prepareStatement("INSERT INTO " + schema.qualify(table)
                        + " VALUES (?, 'o''k: ', ARRAY['o''k: ', NULL]::\"ty]pe[\"\"\"[], '{{a,\"b c\"}}', ' ', B'101', true,"
                        + " '\\x00ff', '2026-01-02 03:04:05+00', '{\"a\": \"]:\"}', 'NaN', '1 day 2 hours', 'c')")) {
                    insert.setString(1, value);
                    insert.execute();
                }
                RowChange.Insert only = (RowChange.Insert) writes.wrote().get(0);
                assertThat(only.table()).isEqualTo(new TableName(schema.name(), table));
                assertThat(only.row())
                        .containsExactly(
                                entry(column, value),
                                entry("Select", "o'k: "),
                                entry("arr", "{\"o'k: \",NULL}"),
                                entry("n", "{{a,\"b c\"}}"),
                                entry("d", " "),
                                entry("b", "101"),
                                entry("f", "true"),
                                entry("g", "\\x00ff"),
                                entry("ts", "2026-01-02 03:04:05+00"),
                                entry("j", "{\"a\": \"]:\"}"),
                                entry("nan", "NaN"),
                                entry("i", "1 day 02:00:00"),
                                entry("ch", "c"));
            }
        }
    }

    @Test
    void recordingsInParallelSeeOnlyTheirOwnSchema() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(8);
        try {
            List<Callable<List<String>>> tasks = IntStream.range(0, 40)
                    .mapToObj(i -> (Callable<List<String>>) () -> wrote(
                                    "CREATE TABLE account (id int)",
                                    "INSERT INTO account VALUES (" + i + ")",
                                    "INSERT INTO account VALUES (" + i + ")")
                            .stream()
                            .map(change -> ((RowChange.Insert) change).row().get("id"))
                            .toList())
                    .toList();
            List<Future<List<String>>> results = workers.invokeAll(tasks);
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).containsExactly(Integer.toString(i), Integer.toString(i));
            }
        } finally {
            workers.shutdownNow();
        }
    }

    @Test
    void aTransactionThatBeganBeforeAndCommittedSinceIsThere() throws SQLException {
        try (TestSchema schema = server.schema("bank");
                Connection early = server.source(schema).getConnection()) {
            Sql.run(early, "CREATE TABLE account (id int)", "INSERT INTO account VALUES (0)");
            early.setAutoCommit(false);
            Sql.run(early, "INSERT INTO account VALUES (1)");
            try (Writes writes = log.record(schema.name())) {
                assertThat(writes.transactions()).isEmpty();
                early.commit();
                assertThat(writes.wrote()).hasSize(1);
            }
        }
    }

    @Test
    void aCommitThatDidNotWaitForTheDiskIsThere() {
        assertThat(wrote(
                        "CREATE TABLE account (id int)",
                        "SET synchronous_commit = off; INSERT INTO account VALUES (1)"))
                .hasSize(1);
    }

    @Test
    void aPreparedTransactionIsThereOnceItIsCommitted() {
        try (TestSchema schema = server.schema("bank")) {
            Sql sql = server.in(schema);
            sql.run("CREATE TABLE account (id int)");
            try (Writes writes = log.record(schema.name())) {
                sql.run("BEGIN; INSERT INTO account VALUES (1); PREPARE TRANSACTION '" + schema.name() + "'");
                assertThat(writes.wrote()).isEmpty();
                sql.run("COMMIT PREPARED '" + schema.name() + "'");
                assertThat(writes.wrote()).hasSize(1);
            }
        }
    }

    @Test
    void rowsOfPartitionsCascadesAndTriggersAreThere() {
        assertThat(wrote("""
                        CREATE TABLE parent (id int PRIMARY KEY) PARTITION BY RANGE (id);
                        CREATE TABLE low PARTITION OF parent FOR VALUES FROM (0) TO (10);
                        CREATE TABLE child (parent int REFERENCES parent ON DELETE CASCADE);
                        INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1)
                        """, "DELETE FROM parent"))
                .extracting(change ->
                        change.getClass().getSimpleName() + " " + change.table().name())
                .containsExactly("Delete low", "Delete child");
    }

    @Test
    void aRewriteOfATableIsNoChangeOfItsRows() {
        assertThat(wrote(
                        "CREATE TABLE account (id int); INSERT INTO account VALUES (1)",
                        "ALTER TABLE account ALTER id TYPE text",
                        "VACUUM FULL account"))
                .isEmpty();
    }

    @Test
    void whatIsBeyondTheBoundIsCounted() {
        try (TestSchema schema = server.schema("bank")) {
            server.in(schema).run("CREATE TABLE account (id int PRIMARY KEY, body text)");
            try (Writes writes = log.record(schema.name())) {
                server.in(schema)
                        .run(
                                "INSERT INTO account SELECT i FROM generate_series(1, 10002) i",
                                "INSERT INTO account VALUES (0, repeat('x', 1000001))");
                List<WrittenTransaction> all = writes.transactions();
                assertThat(all).extracting(each -> each.changes().size()).containsExactly(10_000, 0);
                assertThat(all).extracting(WrittenTransaction::dropped).containsExactly(2L, 1L);
                assertThat(writes.describe()).hasSize(23).endsWith("... and more transactions, 2 in all");
            }
        }
    }

    private static java.util.Map<String, String> row(String... pairs) {
        java.util.Map<String, String> row = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            row.put(pairs[i], pairs[i + 1]);
        }
        return row;
    }
}
