// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each round of a sweep finds: what the first one found. */
@Timeout(120)
class SweptSpaceTest {

    private static final String[] MANY = {
        "CREATE TYPE mood AS ENUM ('sad', 'happy')",
        "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
        """
        CREATE TABLE "Odd ""name" (
            id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "select" text, twice int GENERATED ALWAYS AS (many * 2) STORED,
            many positive, moods mood[], raw bytea, j json, jb jsonb, x xml, num numeric(20, 4), f float8, at timestamptz,
            day date, span interval, flag boolean, c char(5), one "char", bits bit(4), ip inet, r int4range)
        """,
        """
        INSERT INTO "Odd ""name" ("select", many, moods, raw, j, jb, x, num, f, at, day, span, flag, c, one, bits, ip, r)
        VALUES ('it''s', 7, '{sad,happy,NULL}', '\\x00ff', '{"a":  1}', '{"a": 1}', '<a>1</a>', 1.5000, 0.1 + 0.2::float8,
            '2026-01-01 00:00:00.123456+02', 'infinity', '1 mon -3 days 04:05:06.789', true, 'ab', 'q', B'1010', '::1', '[1,5)'),
            (NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, 'NaN', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'empty')
        """,
        "CREATE TABLE parent (id int PRIMARY KEY, best int)",
        "CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent ON DELETE CASCADE, elder int"
                + " REFERENCES child)",
        "INSERT INTO parent VALUES (1, NULL), (2, NULL)",
        "INSERT INTO child VALUES (1, 1, NULL), (2, 1, 1), (3, 2, 1)",
        "CREATE TABLE heap (a int, b text)",
        "INSERT INTO heap VALUES (1, 'x'), (1, 'x'), (2, NULL), (2, NULL)",
        "CREATE TABLE part (id int, at int) PARTITION BY RANGE (at)",
        "CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (10) TO (20)",
        "INSERT INTO part VALUES (1, 5), (2, 15)",
        "CREATE TABLE base (id int)",
        "CREATE TABLE derived (more int) INHERITS (base)",
        "INSERT INTO derived VALUES (1, 2)",
        "CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n FROM heap",
        "CREATE TABLE audit (what text)",
        """
        CREATE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO audit VALUES (TG_OP || ' ' || TG_TABLE_NAME); RETURN NULL; END $$
        """,
        "CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON heap FOR EACH ROW EXECUTE FUNCTION audited()",
        "CREATE SEQUENCE unused",
        "CREATE SEQUENCE ahead CACHE 10",
    };

    private static List<String> content(SweptBank bank) {
        Sql sql = bank.sql();
        List<String> all = new ArrayList<>();
        for (String table : sql.column("SELECT quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid ="
                + " c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'm') ORDER BY 1")) {
            sql.column("SELECT t::text FROM ONLY " + table + " t ORDER BY 1").forEach(row -> all.add(table + row));
        }
        all.addAll(sql.column("SELECT sequencename || ' ' || coalesce(last_value, -1) FROM pg_sequences"
                + " WHERE schemaname = current_schema() AND sequencename <> 'ahead' ORDER BY 1"));
        return all;
    }

    private static void change(SweptBank bank) {
        bank.sql()
                .run(
                        "UPDATE \"Odd \"\"name\" SET many = 8, f = 2 WHERE id = 1",
                        "DELETE FROM \"Odd \"\"name\" WHERE id = 2",
                        "INSERT INTO \"Odd \"\"name\" (many) VALUES (3)",
                        "UPDATE parent SET best = 1 WHERE id = 1",
                        "DELETE FROM parent WHERE id = 2",
                        "UPDATE child SET parent = 1",
                        "INSERT INTO heap VALUES (1, 'x'), (3, 'y')",
                        "DELETE FROM heap WHERE a = 2",
                        "UPDATE part SET at = 15 WHERE id = 1",
                        "TRUNCATE derived",
                        "INSERT INTO base VALUES (9)",
                        "REFRESH MATERIALIZED VIEW sums",
                        "SELECT nextval('unused'), nextval('unused'), nextval('ahead')");
    }

    @Test
    void everyRowAndEverySequenceIsSetBack() {
        try (SweptBank bank = new SweptBank(MANY)) {
            List<String> before = content(bank);
            for (int round = 0; round < 3; round++) {
                change(bank);
                assertThat(content(bank)).isNotEqualTo(before);
                assertThat(bank.space().begin(false)).isTrue();
                assertThat(content(bank)).isEqualTo(before);
            }
            assertThat(bank.sql().column("SELECT count(*) FROM audit")).containsExactly("0");
            assertThat(bank.sql().column("SELECT last_value FROM ahead"))
                    .as("values that sessions took ahead must not come twice")
                    .containsExactly("30");
        }
    }

    @Test
    void whatIsOnlyWatchedAndHasTooManyRowsIsNotCompared() {
        try (SweptBank bank = new SweptBank("CREATE TABLE many (id int)")) {
            DataSource admin = DriverSettings.of(TestServer.url(), "postgres", null).unpooled();
            List<String> schemas = List.of(bank.schema().name());
            try (SweptSpace few =
                    SweptSpace.watching("few", bank.wire(), admin, bank.schema().quoted(), schemas)) {
                assertThat(few.whyNot()).isEmpty();
            }

            bank.sql().run("INSERT INTO many SELECT generate_series(1, 50001)");

            try (SweptSpace many =
                    SweptSpace.watching("many", bank.wire(), admin, bank.schema().quoted(), schemas)) {
                assertThat(many.whyNot()).contains("they have too many rows to be kept");
            }
        }
    }

    @Test
    void rowsComeBackInTheOrderInWhichTheyWere() {
        try (SweptBank bank = new SweptBank(
                "CREATE TABLE job (id int PRIMARY KEY, done boolean DEFAULT false)",
                "INSERT INTO job SELECT generate_series(1, 20)")) {
            List<String> before = bank.sql().column("SELECT id FROM job");
            for (int round = 0; round < 3; round++) {
                bank.sql().run("UPDATE job SET done = true WHERE id = (SELECT id FROM job WHERE NOT done LIMIT 1)");

                assertThat(bank.space().begin(false)).isTrue();

                assertThat(bank.sql().column("SELECT id FROM job")).containsExactlyElementsOf(before);
            }
        }
    }

    @Test
    void allRowsOfATableAreSetBackAtOnce() {
        try (SweptBank bank = new SweptBank(MANY)) {
            List<String> before = content(bank);
            bank.sql().run("TRUNCATE parent, heap CASCADE");

            assertThat(bank.space().begin(false)).isTrue();

            assertThat(content(bank)).isEqualTo(before);
        }
    }

    @Test
    void withoutTheRightToSilenceTriggersAndForeignKeysItIsSetBackAllTheSame() {
        Sql superuser = SweptBank.superuser();
        String role = "teller_" + Long.toString(System.nanoTime(), 36);
        superuser.run("CREATE ROLE " + role);
        try (SweptBank bank = new SweptBank(role, 1, MANY)) {
            List<String> before = content(bank);
            change(bank);

            assertThat(bank.space().begin(false)).isTrue();

            assertThat(content(bank)).isEqualTo(before);
        } finally {
            superuser.run("DROP ROLE " + role);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE fresh (id int)",
                "DROP TABLE entry",
                "ALTER TABLE account ADD COLUMN note text",
                "ALTER TABLE account ALTER COLUMN balance TYPE bigint",
                "ALTER TABLE account ALTER COLUMN owner SET DEFAULT 'nobody'",
                "ALTER TABLE account RENAME COLUMN owner TO holder",
                "ALTER TABLE account ADD CHECK (balance >= 0)",
                "CREATE INDEX ON account (balance)",
                "CREATE VIEW rich AS SELECT * FROM account WHERE balance > 100",
                "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'",
                "ALTER TABLE account DISABLE TRIGGER USER; ALTER TABLE account DISABLE TRIGGER t",
                "DROP FUNCTION f()"
            })
    void aDefinitionThatARoundChangedIsNoticed(String change) {
        List<String> statements = new ArrayList<>(List.of(SweptBank.TABLES));
        statements.add("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
        statements.add("CREATE TRIGGER t BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION"
                + " suppress_redundant_updates_trigger()");
        try (SweptBank bank = new SweptBank(statements.toArray(String[]::new))) {
            bank.sql().run("TRUNCATE entry", "ANALYZE account", "VACUUM account");
            assertThat(bank.space().begin(false)).isTrue();

            bank.sql().run(change);

            assertThat(bank.space().begin(false)).isFalse();
        }
    }

    @Test
    void sequencesGiveOtherValuesWhenTheyAreShifted() {
        try (SweptBank bank = new SweptBank(SweptBank.TABLES)) {
            bank.space().begin(true);
            bank.sql().run("INSERT INTO entry (account) VALUES (1)");
            assertThat(bank.sql().column("SELECT id FROM entry")).containsExactly("1001");

            bank.space().begin(false);
            bank.sql().run("INSERT INTO entry (account) VALUES (1)");
            assertThat(bank.sql().column("SELECT id FROM entry")).containsExactly("1");
        }
    }

    @Test
    void itsOwnConnectionMayBeLost() {
        try (SweptBank bank = new SweptBank(SweptBank.TABLES)) {
            bank.sql().run("UPDATE account SET balance = 0");
            SweptBank.superuser()
                    .run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <>"
                            + " pg_backend_pid() AND query LIKE '%\""
                            + bank.schema().name() + "\"%'");

            assertThat(bank.space().begin(false)).isTrue();

            assertThat(bank.sql().column("SELECT sum(balance) FROM account")).containsExactly("2000");
        }
    }

    @Test
    void roundsFindConnectionsOpenWhateverTheLastOneDidToThem() {
        try (SweptBank bank = new SweptBank(SweptBank.TABLES)) {
            bank.learn(Transfers::transfer);
            Rule lost = Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new Cut(When.AFTER));
            for (int round = 0; round < 3; round++) {
                assertThat(bank.round(Transfers::transfer, lost).wrong()).isEmpty();
                bank.space().begin(false);
                int open = bank.wire().backends().size();
                assertThat(bank.round(Transfers::transfer).wrong()).isEmpty();
                assertThat(bank.wire().backends()).hasSize(open);
            }
            bank.space().begin(false);
            SweptBank.superuser()
                    .run("SELECT pg_terminate_backend(" + bank.wire().backends().get(0) + ", 5000)");
            assertThat(bank.round(Transfers::transfer).wrong()).isEmpty();
        }
    }

    @Test
    void aBackendThatRunsOnBehindACutConnectionIsEndedFirst() throws SQLException {
        try (SweptBank bank = new SweptBank("postgres", 0, SweptBank.TABLES)) {
            Connection open = bank.dataSource().getConnection();
            open.setAutoCommit(false);
            Transfers.run(open, "UPDATE account SET balance = 0");

            bank.wire().closeConnections();

            assertThat(bank.space().begin(false)).isTrue();
            bank.sql().run("SET lock_timeout = '5s'; UPDATE account SET balance = 1 WHERE id = 1");
        }
    }

    @Test
    void moreRowsThanMemoryShouldHoldAreRefused() {
        assertThatThrownBy(() -> new SweptBank("CREATE TABLE big AS SELECT generate_series(1, 50001) AS id"))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The tables of a sweep must have at most 50000 rows in all, since each round sets them back, "
                                + "but have 50001. Sweep with the rows that the test needs.");
    }

    @Test
    void aRoundThatWritesTooMuchToBeLookedAtIsTold() {
        try (SweptBank bank = new SweptBank(SweptBank.TABLES).learn(Transfers::transfer)) {
            SweptBank.Work writes = source -> {
                try (Connection connection = source.getConnection()) {
                    Transfers.run(
                            connection, "INSERT INTO entry (amount) SELECT n FROM generate_series(1, 200000) AS n");
                }
            };

            assertThatThrownBy(() -> bank.round(writes))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "The tables of a sweep must be small enough to be compared after each round, but have more "
                                    + "than 200000 rows in all. Sweep with the rows that the test needs.");
            assertThat(bank.space().begin(false)).as("it can be used again").isFalse();
        }
    }
}
