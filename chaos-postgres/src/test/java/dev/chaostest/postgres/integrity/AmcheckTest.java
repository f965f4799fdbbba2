// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.isolation.Sql;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AmcheckTest {

    private BrokenServer server;

    @BeforeAll
    void start() {
        server = new BrokenServer();
        new Sql(server.admin).run("CREATE SCHEMA \"of extensions\"; CREATE EXTENSION amcheck SCHEMA \"of extensions\"");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void soundRelationsHaveNoFinding() {
        try (BrokenServer.Place place = server.place("bank", """
                CREATE TABLE account (id int PRIMARY KEY, note text); CREATE INDEX ON account USING hash (note);
                INSERT INTO account SELECT i, repeat('x', i) FROM generate_series(1, 3000) i
                """)) {
            assertThat(place.findings()).isEmpty();
        }
    }

    @Test
    void aRowThatTheIndexDoesNotHaveIsFound() {
        try (BrokenServer.Place place =
                server.place("bank", "CREATE TABLE account (id int PRIMARY KEY); INSERT INTO account VALUES (1)")) {
            place.behindTheBackOf("account_pkey", "INSERT INTO account VALUES (2)");
            assertThat(place.findings()).singleElement().satisfies(found -> {
                Finding.Corruption corruption = (Finding.Corruption) found;
                assertThat(corruption.relation()).isEqualTo(place.in("account_pkey"));
                assertThat(corruption.sqlState()).isIn("XX001", "XX002");
            });
        }
    }

    @Test
    void aDamagedHeapIsFound() {
        try (BrokenServer.Place place =
                server.place("bank", "CREATE TABLE account (id int); INSERT INTO account VALUES (1), (2)")) {
            place.sql()
                    .run(
                            "UPDATE pg_class SET relfrozenxid = pg_current_xact_id()::xid WHERE oid = 'account'::regclass");
            assertThat(place.findings())
                    .extracting(found -> ((Finding.Corruption) found).relation())
                    .containsOnly(place.in("account"))
                    .hasSize(2);
        }
    }
}
