// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IntegrityTest {

    private BrokenServer server;

    @BeforeAll
    void start() {
        server = new BrokenServer();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private BrokenServer.Place bank(String tables) {
        return server.place("bank", tables);
    }

    @Test
    void soundDataHaveNoFindingWhateverTheirConstraints() {
        try (BrokenServer.Place place = bank("""
                CREATE TABLE customer (id int, region text, boss int REFERENCES customer (one), one int UNIQUE,
                  PRIMARY KEY (id, region), CHECK (id > 0));
                CREATE TABLE account (id bigint PRIMARY KEY, owner int, region text, note text NOT NULL,
                  FOREIGN KEY (owner, region) REFERENCES customer MATCH SIMPLE);
                CREATE TABLE strict (owner int, region text, FOREIGN KEY (owner, region) REFERENCES customer MATCH FULL);
                CREATE TABLE part (id int PRIMARY KEY, customer int REFERENCES customer (one)) PARTITION BY RANGE (id);
                CREATE TABLE low PARTITION OF part FOR VALUES FROM (MINVALUE) TO (10);
                CREATE TABLE rest PARTITION OF part DEFAULT;
                CREATE TABLE of_part (part int REFERENCES part);
                CREATE UNIQUE INDEX ON account (lower(note), (id % 10)) WHERE note <> '';
                CREATE UNIQUE INDEX ON account (owner) NULLS NOT DISTINCT WHERE id < 2;
                INSERT INTO customer VALUES (1, 'n', NULL, 7), (2, 's', 7, NULL), (3, 's', NULL, NULL);
                INSERT INTO account VALUES (1, 1, 'n', ''), (2, NULL, 'nowhere', ''), (3, 99, NULL, 'x');
                INSERT INTO strict VALUES (1, 'n'), (NULL, NULL), (1, 'n');
                INSERT INTO part VALUES (1, 7), (100, NULL); INSERT INTO of_part VALUES (1), (100), (NULL)
                """)) {
            IntegrityReport report = place.check();
            assertThat(report.findings()).isEmpty();
            assertThat(report.unchecked()).isEmpty();
            assertThat(report.isSound()).isTrue();
            report.assertSound();
        }
    }

    @Test
    void aRowThatRefersToNothingIsFoundWithAFewExamples() {
        try (BrokenServer.Place place = bank("""
                CREATE TABLE customer (id int PRIMARY KEY);
                CREATE TABLE account (id int, owner bigint CONSTRAINT owned REFERENCES customer)
                """)) {
            place.unguarded(
                    "INSERT INTO account SELECT i, 7 FROM generate_series(1, 8) i; INSERT INTO account VALUES (9)");
            assertThat(place.findings())
                    .containsExactly(new Finding.Orphans(
                            place.in("account"),
                            "owned",
                            place.in("customer"),
                            new Evidence(8, List.of("(1,7)", "(2,7)", "(3,7)", "(4,7)", "(5,7)"))));
            assertThatThrownBy(() -> place.check().assertSound())
                    .isInstanceOf(AssertionError.class)
                    .hasMessage(
                            "The data must keep what their schema promises, but 1 promise is broken. Find who wrote these "
                                    + "rows, or switched the check off.\n  orphans in " + place.in("account")
                                    + " by owned to "
                                    + place.in("customer") + ", 8: (1,7), (2,7), (3,7), (4,7), (5,7), ...");
        }
    }

    @Test
    void keysOfSeveralColumnsFollowTheirMatch() {
        try (BrokenServer.Place place = bank("""
                CREATE TABLE customer (id int, region text, PRIMARY KEY (id, region));
                CREATE TABLE simple (a int, b text, CONSTRAINT s FOREIGN KEY (a, b) REFERENCES customer);
                CREATE TABLE full_ (a int, b text, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES customer MATCH FULL)
                """)) {
            place.unguarded("INSERT INTO simple VALUES (1, 'x'), (1, NULL), (NULL, NULL);"
                    + "INSERT INTO full_ VALUES (1, 'x'), (1, NULL), (NULL, NULL)");
            assertThat(place.findings())
                    .containsExactly(
                            new Finding.Orphans(
                                    place.in("full_"),
                                    "f",
                                    place.in("customer"),
                                    new Evidence(2, List.of("(1,)", "(1,x)"))),
                            new Finding.Orphans(
                                    place.in("simple"), "s", place.in("customer"), new Evidence(1, List.of("(1,x)"))));
        }
    }

    @Test
    void keysThatAreNotValidOrToTheirOwnTableOrOfPartitionsAreLookedAt() {
        try (BrokenServer.Place place = bank("""
                CREATE TABLE node (id int PRIMARY KEY, parent int CONSTRAINT up REFERENCES node);
                CREATE TABLE late (node int); INSERT INTO late VALUES (5);
                ALTER TABLE late ADD CONSTRAINT lately FOREIGN KEY (node) REFERENCES node NOT VALID;
                CREATE TABLE part (id int PRIMARY KEY, node int CONSTRAINT away REFERENCES node) PARTITION BY RANGE (id);
                CREATE TABLE low PARTITION OF part FOR VALUES FROM (0) TO (10);
                CREATE TABLE of_part (part int CONSTRAINT into_ REFERENCES part)
                """)) {
            place.unguarded(
                    "INSERT INTO node VALUES (1, 2); INSERT INTO part VALUES (1, 6); INSERT INTO of_part VALUES (3)");
            assertThat(place.check().findings(Finding.Orphans.class))
                    .extracting(each -> each.constraint() + " " + each.rows())
                    .containsExactly("lately 1: (5)", "up 1: (1,2)", "into_ 1: (3)", "away 1: (1,6)");
        }
    }

    @Test
    void namesMayHoldAnything() {
        try (BrokenServer.Place place = server.place("it's \"odd\"; --", """
                CREATE TABLE "p ""?%I" ("k '?" int PRIMARY KEY);
                CREATE TABLE "f" ("p" int CONSTRAINT "c ""x" REFERENCES "p ""?%I", "f" int NOT NULL, "select" int UNIQUE,
                  CONSTRAINT "ch ?" CHECK ("select" < 10))
                """)) {
            place.unguarded("INSERT INTO f VALUES (1, 1, 1)");
            place.sql().run("ALTER TABLE f DROP CONSTRAINT \"ch ?\"", "INSERT INTO f VALUES (NULL, 2, 20)");
            place.sql().run("ALTER TABLE f ADD CONSTRAINT \"ch ?\" CHECK (\"select\" < 10) NOT VALID");
            assertThat(place.findings())
                    .containsExactly(
                            new Finding.Orphans(
                                    place.in("f"),
                                    "\"c \"\"x\"",
                                    place.in("\"p \"\"?%I\""),
                                    new Evidence(1, List.of("(1,1,1)"))),
                            new Finding.Violations(
                                    place.in("f"),
                                    "\"ch ?\"",
                                    "(\"select\" < 10)",
                                    new Evidence(1, List.of("(,2,20)"))));
        }
    }

    @Test
    void duplicatesBehindUniqueIndexesOfAnyKindAreFound() {
        try (BrokenServer.Place place = bank("""
                CREATE TABLE plain (id int CONSTRAINT pk PRIMARY KEY, n int);
                CREATE TABLE nulls (n int); CREATE UNIQUE INDEX same_nulls ON nulls (n) NULLS NOT DISTINCT;
                CREATE TABLE other_nulls (n int); CREATE UNIQUE INDEX all_nulls ON other_nulls (n);
                CREATE TABLE expr (name text, live bool);
                CREATE UNIQUE INDEX by_name ON expr (lower(name), live) WHERE live;
                CREATE TABLE pair (a int, b numeric, c text COLLATE "C", UNIQUE (b, c))
                """)) {
            place.behindTheBackOf("pk", "INSERT INTO plain VALUES (1, 1), (1, 2), (1, 3), (2, 2)");
            place.behindTheBackOf("same_nulls", "INSERT INTO nulls VALUES (NULL), (NULL)");
            place.behindTheBackOf("all_nulls", "INSERT INTO other_nulls VALUES (NULL), (NULL)");
            place.behindTheBackOf(
                    "by_name", "INSERT INTO expr VALUES ('a', true), ('A', true), ('B', false), ('b', false)");
            place.behindTheBackOf("pair_b_c_key", "INSERT INTO pair VALUES (1, 1.0, 'x'), (2, 1.00, 'x')");
            assertThat(place.findings())
                    .containsExactly(
                            new Finding.Duplicates(
                                    place.in("expr"), "by_name", new Evidence(1, List.of("(a,t) 2 times"))),
                            new Finding.Duplicates(
                                    place.in("nulls"), "same_nulls", new Evidence(1, List.of("() 2 times"))),
                            new Finding.Duplicates(
                                    place.in("pair"), "pair_b_c_key", new Evidence(1, List.of("(1.0,x) 2 times"))),
                            new Finding.Duplicates(place.in("plain"), "pk", new Evidence(1, List.of("(1) 3 times"))));
        }
    }

    @Test
    void duplicatesOverPartitionsAreFound() {
        try (BrokenServer.Place place = bank("""
                CREATE TABLE part (id int, CONSTRAINT pk PRIMARY KEY (id)) PARTITION BY RANGE (id);
                CREATE TABLE low PARTITION OF part FOR VALUES FROM (0) TO (10)
                """)) {
            place.behindTheBackOf("low_pkey", "INSERT INTO part VALUES (1), (1)");
            assertThat(place.findings())
                    .containsExactly(
                            new Finding.Duplicates(place.in("part"), "pk", new Evidence(1, List.of("(1) 2 times"))));
        }
    }

    @Test
    void nullsInColumnsThatAreNotNullAreFoundWhateverThePlannerBelieves() {
        try (BrokenServer.Place place = bank("CREATE TABLE account (id int, a int NOT NULL, b text NOT NULL)")) {
            String attribute =
                    "UPDATE pg_attribute SET attnotnull = %s WHERE attrelid = 'account'::regclass AND attname = 'b'";
            place.sql()
                    .run(
                            attribute.formatted("false"),
                            "INSERT INTO account VALUES (1, 2, NULL), (2, 2, 'x')",
                            attribute.formatted("true"));
            assertThat(place.findings())
                    .containsExactly(new Finding.Nulls(place.in("account"), "b", new Evidence(1, List.of("(1,2,)"))));
        }
    }

    @Test
    void rowsThatViolateAChangedCheckAreFound() {
        try (BrokenServer.Place place = bank("""
                CREATE TABLE rate (id int);
                CREATE FUNCTION allowed(int) RETURNS boolean LANGUAGE sql AS 'SELECT $1 >= 0';
                CREATE TABLE account (id int, balance int CONSTRAINT covered CHECK (allowed(balance)));
                INSERT INTO account VALUES (1, 5), (2, NULL), (3, 50);
                CREATE OR REPLACE FUNCTION allowed(int) RETURNS boolean LANGUAGE sql AS
                  'SELECT $1 >= 10 AND (SELECT count(*) FROM rate) = 0'
                """)) {
            assertThat(place.check().findings(Finding.Violations.class))
                    .singleElement()
                    .satisfies(found -> assertThat(found.rows()).isEqualTo(new Evidence(1, List.of("(1,5)"))));
        }
    }

    @Test
    void rowsInTheWrongPartitionAreFound() {
        try (BrokenServer.Place place = bank("""
                CREATE TABLE part (id int) PARTITION BY RANGE (id);
                CREATE TABLE low PARTITION OF part FOR VALUES FROM (0) TO (10)
                """)) {
            String partition = "UPDATE pg_class SET relispartition = %s WHERE oid = 'low'::regclass";
            place.sql()
                    .run(partition.formatted("false"), "INSERT INTO low VALUES (99), (1)", partition.formatted("true"));
            assertThat(place.check().findings(Finding.Violations.class))
                    .singleElement()
                    .satisfies(found -> {
                        assertThat(found.constraint()).isEqualTo("partition bounds");
                        assertThat(found.rows()).isEqualTo(new Evidence(1, List.of("(99)")));
                    });
        }
    }

    @Test
    void anIndexWhoseBuildFailedIsFoundWithWhatMadeItFail() {
        try (BrokenServer.Place place = bank("CREATE TABLE account (id int); INSERT INTO account VALUES (1), (1)")) {
            assertThatThrownBy(() -> place.sql().run("CREATE UNIQUE INDEX CONCURRENTLY once ON account (id)"))
                    .hasRootCauseInstanceOf(SQLException.class);
            assertThat(place.findings())
                    .containsExactly(
                            new Finding.Duplicates(
                                    place.in("account"), "once", new Evidence(1, List.of("(1) 2 times"))),
                            new Finding.InvalidIndex(place.in("account"), "once", "not ready"));
            place.sql().run("UPDATE pg_index SET indisready = true WHERE indexrelid = 'once'::regclass");
            assertThat(place.check().findings(Finding.InvalidIndex.class))
                    .extracting(Finding.InvalidIndex::state)
                    .containsExactly("not valid");
        }
    }

    @Test
    void triggersThatDoNotFireAreFoundAlsoThoseOfForeignKeys() {
        try (BrokenServer.Place place = bank("""
                CREATE TABLE customer (id int PRIMARY KEY);
                CREATE TABLE account (owner int CONSTRAINT owned REFERENCES customer);
                CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                CREATE TRIGGER audit AFTER INSERT ON account EXECUTE FUNCTION nothing();
                CREATE TRIGGER "on standby" AFTER INSERT ON account EXECUTE FUNCTION nothing()
                """)) {
            place.sql()
                    .run(
                            "ALTER TABLE account ENABLE REPLICA TRIGGER \"on standby\"",
                            "ALTER TABLE account DISABLE TRIGGER audit");
            assertThat(place.findings())
                    .containsExactly(
                            new Finding.DisabledTrigger(place.in("account"), "\"on standby\"", "for replication only"),
                            new Finding.DisabledTrigger(place.in("account"), "audit", "disabled"));
            place.sql().run("ALTER TABLE account ENABLE TRIGGER USER", "ALTER TABLE customer DISABLE TRIGGER ALL");
            assertThat(place.findings())
                    .containsExactly(new Finding.DisabledTrigger(place.in("customer"), "owned", "disabled"));
        }
    }

    @Test
    void whatCanNotBeLookedAtIsSaidAndTheRestGoesOn() {
        try (BrokenServer.Place place = bank("""
                CREATE FUNCTION fails(int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN $1 / $1 = 1; END';
                CREATE TABLE account (id int CONSTRAINT odd CHECK (fails(id)), n int CONSTRAINT small CHECK (n < 10));
                INSERT INTO account VALUES (1, 1);
                CREATE OR REPLACE FUNCTION fails(int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN 1 / 0 = 1; END';
                ALTER TABLE account DROP CONSTRAINT small
                """)) {
            place.unguarded("ALTER TABLE account ADD CONSTRAINT small CHECK (n < 1) NOT VALID");
            IntegrityReport report = place.check();
            assertThat(report.unchecked())
                    .containsExactly("CHECK odd of " + place.in("account") + ", the server answered 22012");
            assertThat(report.findings(Finding.Violations.class)).hasSize(1);
            assertThat(report.describe().get(1))
                    .isEqualTo("not checked: CHECK odd of " + place.in("account") + ", the server answered 22012");
        }
    }

    @Test
    void aRoleThatMayNotReadIsToldSo() {
        try (BrokenServer.Place place = bank("CREATE TABLE account (id int NOT NULL); CREATE ROLE weak_reader LOGIN")) {
            place.sql().run("GRANT USAGE ON SCHEMA " + place.schema().quoted() + " TO weak_reader");
            String url = server.postgres().jdbcUrl();
            Integrity weak = Integrity.of(
                    dev.chaostest.postgres.pool.DriverSettings.of(url, "weak_reader", null)
                            .unpooled(),
                    place.schema().name());
            IntegrityReport report = weak.check();
            assertThat(report.unchecked())
                    .containsExactly("NOT NULL of " + place.in("account") + ", the server answered 42501");
            report.assertSound();
            assertThatThrownBy(report::assertComplete)
                    .isInstanceOf(AssertionError.class)
                    .hasMessage(
                            "Everything must be looked at, but 1 thing was not. Check as the tables' owner, end what"
                                    + " locks them, or leave assertComplete out.\n  not checked: NOT NULL of "
                                    + place.in("account") + ", the server answered 42501");
            place.check().assertComplete();
        }
    }

    @Test
    void aCheckThatTakesTooLongIsGivenUp() {
        try (BrokenServer.Place place = bank("""
                CREATE TABLE account (id int); INSERT INTO account VALUES (1);
                CREATE FUNCTION slow(int) RETURNS boolean LANGUAGE sql AS 'SELECT pg_sleep(60) IS NOT NULL';
                ALTER TABLE account ADD CONSTRAINT slowly CHECK (slow(id)) NOT VALID
                """)) {
            assertThat(place.integrity()
                            .withTimeout(Duration.ofSeconds(2))
                            .check()
                            .unchecked())
                    .containsExactly("CHECK slowly of " + place.in("account") + ", the server answered 57014");
        }
    }

    @Test
    void aSchemaThatIsNotThereIsAnError() {
        assertThatThrownBy(() -> Integrity.of(server.admin, "\"nowhere\"").check())
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Schema \"\"nowhere\"\" must be there to be checked, but is not. Give its name as the catalogue has "
                                + "it, without quotes.");
        assertThatThrownBy(() -> Integrity.of(server.admin, "x").withTimeout(Duration.ZERO))
                .hasMessage("The timeout of a check must be at least 1 ms, but was PT0S. Use for example 30 seconds.");
    }
}
