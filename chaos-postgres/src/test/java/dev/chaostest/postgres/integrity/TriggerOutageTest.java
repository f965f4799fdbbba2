// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.PostgresSupply;
import dev.chaostest.postgres.isolation.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TriggerOutageTest {

    private static final String TABLES = """
            CREATE TABLE account (id int); CREATE TABLE audit (id int);
            CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN INSERT INTO audit VALUES (NEW.id); RETURN NULL; END';
            CREATE TRIGGER "au ""dit" AFTER INSERT ON account FOR EACH ROW EXECUTE FUNCTION audit()
            """;

    private BrokenServer server;
    private BrokenServer.Place place;
    private ChaosScope scope;

    @BeforeAll
    void start() {
        server = new BrokenServer();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        place = server.place("it's \"odd\"", TABLES);
        scope = ChaosScope.open("outage", Plan.of(new Seed(1)));
    }

    @AfterEach
    void close() {
        scope.close();
        place.close();
    }

    private Injection disable(String trigger) {
        return TriggerOutage.disable(scope, server.admin, place.schema().name(), "account", trigger);
    }

    @Test
    void theTriggerDoesNotFireUntilItIsClosed() {
        try (Injection outage = disable("au \"dit")) {
            place.sql().run("INSERT INTO account VALUES (1)");
            assertThat(outage.isActive()).isTrue();
            assertThat(place.check().findings())
                    .containsExactly(new Finding.DisabledTrigger(place.in("account"), "\"au \"\"dit\"", "disabled"));
        }
        place.sql().run("INSERT INTO account VALUES (2)");

        assertThat(place.sql().column("SELECT id FROM audit")).containsExactly("2");
        assertThat(place.check().findings()).isEmpty();
        LedgerEntry.Commanded commanded =
                scope.ledger().entries(LedgerEntry.Commanded.class).get(0);
        assertThat(commanded.command())
                .isEqualTo("disable trigger \"au \"dit\" of " + place.schema().name() + ".account");
        assertThat(commanded.reach()).isEqualTo(Reach.SCHEMA);
        assertThat(scope.ledger().entries(LedgerEntry.Healed.class))
                .singleElement()
                .extracting(LedgerEntry.Healed::how)
                .isEqualTo("fires again");
    }

    @Test
    void theScopeHealsItWithTheStateThatItHad() {
        place.sql().run("ALTER TABLE account ENABLE ALWAYS TRIGGER \"au \"\"dit\"");
        Injection outage = disable("au \"dit");
        scope.close();
        assertThat(outage.isActive()).isFalse();
        outage.close();
        assertThat(place.sql().column("SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'account'::regclass"))
                .containsExactly("A");
    }

    @Test
    void aTriggerThatWentMeanwhileIsHealed() {
        disable("au \"dit");
        place.sql().run("DROP TABLE account");
        scope.close();
        assertThat(scope.ledger().entries(LedgerEntry.Healed.class))
                .singleElement()
                .extracting(LedgerEntry.Healed::how)
                .isEqualTo("is gone");
    }

    @Test
    void aTriggerThatIsNotThereOrOffAlreadyIsRefused() {
        String of = " of " + place.schema().name() + ".account";
        assertThatThrownBy(() -> disable("audit"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The trigger \"audit\"" + of
                        + " must be there to be switched off, but there is only au \"dit. Give "
                        + "its name as the catalogue has it, without quotes.");
        disable("au \"dit");
        assertThatThrownBy(() -> disable("au \"dit"))
                .hasMessage("The trigger \"au \"dit\"" + of
                        + " must fire before it is switched off, but is off already. Enable it first.");
        assertThatThrownBy(() -> TriggerOutage.disable(scope, server.admin, "nowhere", "account", "x"))
                .hasMessage(
                        "The trigger \"x\" of nowhere.account must be there to be switched off, but there is none. Give its "
                                + "name as the catalogue has it, without quotes.");
    }

    @Test
    void aScopeThatMustNotHurtRefuses() {
        scope.forbidFaults("not here");
        assertThatThrownBy(() -> disable("au \"dit"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("not here");
        assertThat(place.check().findings()).isEmpty();
    }

    @Test
    void anEventTriggerOfTheDatabaseIsSwitchedOffAndOn() {
        place.sql()
                .run(
                        "CREATE TABLE ddl (tag text)",
                        "CREATE FUNCTION track() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO "
                                + place.schema().qualify("ddl").replace("'", "''") + " VALUES (tg_tag); END'",
                        "CREATE EVENT TRIGGER \"tra ck\" ON ddl_command_end EXECUTE FUNCTION track()");
        try {
            try (Injection outage = TriggerOutage.disableEventTrigger(scope, server.postgres(), "tra ck")) {
                place.sql().run("CREATE TABLE unseen ()");
                assertThat(place.check().findings())
                        .containsExactly(new Finding.DisabledEventTrigger("\"tra ck\"", "ddl_command_end", "disabled"));
                assertThat(outage.isActive()).isTrue();
            }
            place.sql().run("CREATE TABLE seen ()");
            assertThat(place.sql().column("SELECT tag FROM ddl")).containsExactly("CREATE TABLE");
            assertThat(scope.ledger()
                            .entries(LedgerEntry.Commanded.class)
                            .get(0)
                            .reach())
                    .isEqualTo(Reach.DATABASE);
            assertThat(place.check().findings()).isEmpty();
        } finally {
            new Sql(server.admin).run("DROP EVENT TRIGGER \"tra ck\"");
        }
    }

    @Test
    void anEventTriggerOnAServerOfTheUsersIsRefused() {
        try (PostgresSupply supply = PostgresSupply.ofUrl(
                server.postgres().jdbcUrl(), Optional.of("postgres"), Optional.empty(), key -> Optional.empty())) {
            Postgres theirs = supply.shared();
            assertThatThrownBy(() -> TriggerOutage.disableEventTrigger(scope, theirs, "track"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "Event trigger \"track\" must be on a server that this library started to be switched off, since "
                                    + "all of its database would feel it, but " + theirs.describe()
                                    + " is not. Remove chaos.jdbc.url.");
        }
    }

    @Test
    void whoHoldsTheTableKeepsItFromBeingSwitchedAndIsLeftAlone() throws SQLException {
        try (Connection writer = place.sql().source().getConnection()) {
            writer.setAutoCommit(false);
            Sql.run(writer, "INSERT INTO account VALUES (1)");
            assertThatThrownBy(() -> disable("au \"dit"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The trigger \"au \"dit\" of " + place.schema().name()
                            + ".account must be switched off, but the server answered 55P03. Connect as the owner, and end the "
                            + "transactions that use the table.");
            writer.commit();
        }
        assertThat(place.sql().column("SELECT id FROM audit")).containsExactly("1");
        assertThat(scope.ledger().entries(LedgerEntry.Commanded.class)).isEmpty();
    }

    @Test
    void aDryRunOnlyNotesIt() {
        try (ChaosScope dry = ChaosScope.openDryRun("dry", Plan.of(new Seed(1)));
                Injection none =
                        TriggerOutage.disable(dry, server.admin, place.schema().name(), "account", "au \"dit")) {
            assertThat(none.isActive()).isFalse();
            assertThat(place.check().findings()).isEmpty();
            assertThat(dry.ledger().entries(LedgerEntry.Noted.class))
                    .singleElement()
                    .extracting(LedgerEntry.Noted::text)
                    .isEqualTo("dry run: would have disabled trigger \"au \"dit\" of "
                            + place.schema().name() + ".account");
        }
    }

    @Test
    void theEndOfTheRoundHealsIt() {
        Injection outage = disable("au \"dit");
        scope.heal();
        assertThat(outage.isActive()).isFalse();
        assertThat(place.check().findings()).isEmpty();
    }
}
