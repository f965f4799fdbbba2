// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaFingerprintTest {

    private static final String[] EVERYTHING = {
        "CREATE TYPE mood AS ENUM ('sad', 'glad')",
        "CREATE DOMAIN cents AS bigint CHECK (VALUE >= 0)",
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE SEQUENCE invoice",
        "CREATE TABLE account (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner text NOT NULL DEFAULT 'nobody',"
                + " balance cents, mood mood, twice int GENERATED ALWAYS AS (1 + 1) STORED, UNIQUE (owner))",
        "CREATE TABLE entry (id int DEFAULT nextval('invoice') PRIMARY KEY, account int NOT NULL REFERENCES account,"
                + " note text)",
        "CREATE INDEX entry_note ON entry (lower(note)) WHERE note IS NOT NULL",
        "CREATE VIEW rich AS SELECT id, owner FROM account WHERE balance > 1000",
        "CREATE MATERIALIZED VIEW total AS SELECT sum(balance) FROM account",
        "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'",
        "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER stamp BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION stamp()",
        "CREATE TABLE sale (id int, region text) PARTITION BY LIST (region)",
        "CREATE TABLE sale_eu PARTITION OF sale FOR VALUES IN ('eu')",
        "CREATE STATISTICS dependent ON owner, balance FROM account",
        "CREATE AGGREGATE product(int) (SFUNC = int4mul, STYPE = int)",
        "CREATE RULE quiet AS ON DELETE TO entry DO INSTEAD NOTHING",
        "CREATE POLICY own ON account USING (owner = current_user)",
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
        "COMMENT ON COLUMN account.owner IS 'who'"
    };

    /** What is different, how it is made so, and how that is undone. */
    private static final String[] CHANGES = {
        "column account.extra | ALTER TABLE account ADD extra int | ALTER TABLE account DROP extra",
        "column entry.note | ALTER TABLE entry ALTER note TYPE varchar(9) | ALTER TABLE entry ALTER note TYPE text",
        "column entry.note | ALTER TABLE entry ALTER note SET NOT NULL | ALTER TABLE entry ALTER note DROP NOT NULL",
        "column entry.note | ALTER TABLE entry ALTER note SET DEFAULT 'x' | ALTER TABLE entry ALTER note DROP DEFAULT",
        "column entry.note | ALTER TABLE entry ALTER note SET STATISTICS 7 | ALTER TABLE entry ALTER note SET STATISTICS -1",
        "constraint positive on entry | ALTER TABLE entry ADD CONSTRAINT positive CHECK (id > 0) NOT VALID"
                + " | ALTER TABLE entry DROP CONSTRAINT positive",
        "index other | CREATE INDEX other ON entry (id DESC) | DROP INDEX other",
        "index entry_pkey | CLUSTER entry USING entry_pkey | ALTER TABLE entry SET WITHOUT CLUSTER",
        "trigger stamp on entry | ALTER TABLE entry DISABLE TRIGGER stamp | ALTER TABLE entry ENABLE TRIGGER stamp",
        "trigger of constraint entry_account_fkey on entry | ALTER TABLE entry DISABLE TRIGGER ALL"
                + " | ALTER TABLE entry ENABLE TRIGGER ALL",
        "view rich | CREATE OR REPLACE VIEW rich AS SELECT id, owner FROM account WHERE balance > 1"
                + " | CREATE OR REPLACE VIEW rich AS SELECT id, owner FROM account WHERE balance > 1000",
        "function twice(n integer) | CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS"
                + " 'SELECT n * 3' | CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS"
                + " 'SELECT n * 2'",
        "function twice(n integer) | ALTER FUNCTION twice STRICT | ALTER FUNCTION twice CALLED ON NULL INPUT",
        "sequence invoice | ALTER SEQUENCE invoice INCREMENT 5 | ALTER SEQUENCE invoice INCREMENT 1",
        "type mood | ALTER TYPE mood RENAME VALUE 'sad' TO 'blue' | ALTER TYPE mood RENAME VALUE 'blue' TO 'sad'",
        "constraint small on cents | ALTER DOMAIN cents ADD CONSTRAINT small CHECK (VALUE < 9)"
                + " | ALTER DOMAIN cents DROP CONSTRAINT small",
        "column pair.c | ALTER TYPE pair ADD ATTRIBUTE c int | ALTER TYPE pair DROP ATTRIBUTE c",
        "table sale_us | CREATE TABLE sale_us PARTITION OF sale FOR VALUES IN ('us') | DROP TABLE sale_us",
        "table sale_eu | ALTER TABLE sale DETACH PARTITION sale_eu"
                + " | ALTER TABLE sale ATTACH PARTITION sale_eu FOR VALUES IN ('eu')",
        "table account | ALTER TABLE account ENABLE ROW LEVEL SECURITY | ALTER TABLE account DISABLE ROW LEVEL SECURITY",
        "table entry | ALTER TABLE entry SET UNLOGGED | ALTER TABLE entry SET LOGGED",
        "table account | ALTER TABLE account SET (fillfactor = 50) | ALTER TABLE account RESET (fillfactor)",
        "table entry | ALTER TABLE entry REPLICA IDENTITY FULL | ALTER TABLE entry REPLICA IDENTITY DEFAULT",
        "policy own on account | ALTER POLICY own ON account USING (true)"
                + " | ALTER POLICY own ON account USING (owner = current_user)",
        "rule quiet on entry | ALTER TABLE entry DISABLE RULE quiet | ALTER TABLE entry ENABLE RULE quiet",
        "rights on relation account | GRANT SELECT ON account TO public | REVOKE SELECT ON account FROM public",
        "rights on schema | GRANT USAGE ON SCHEMA @ TO public | REVOKE USAGE ON SCHEMA @ FROM public",
        "comment on entry | COMMENT ON TABLE entry IS 'x' | COMMENT ON TABLE entry IS NULL",
        "statistics dependent | ALTER STATISTICS dependent SET STATISTICS 9"
                + " | ALTER STATISTICS dependent SET STATISTICS -1",
        "operator ===(pg_catalog.text,pg_catalog.text) | CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)"
                + " | DROP OPERATOR === (text, text)"
    };

    private static SchemaFingerprint of(TestBank bank) {
        return SchemaFingerprint.of(bank.admin(), bank.name());
    }

    @Test
    void twoSchemasThatAreMadeAlikeAreEqual() {
        try (TestBank one = new TestBank(EVERYTHING);
                TestBank between = new TestBank("CREATE TABLE oids (that int, move text)");
                TestBank other = new TestBank(EVERYTHING)) {
            assertThat(of(one).diff(of(other))).isEmpty();
            assertThat(of(one).hash()).isEqualTo(of(other).hash()).matches("[0-9a-f]{64}");
            assertThat(of(one).hash()).isNotEqualTo(of(between).hash());
        }
    }

    @Test
    void nothingOfTheNameOrTheOidsIsInIt() {
        try (TestBank bank = new TestBank(EVERYTHING)) {
            assertThat(of(bank).definitions().toString()).doesNotContain(bank.name());
            assertThat(of(bank).definitions())
                    .containsEntry("column account.owner", "#2 text not null default 'nobody'::text")
                    .containsEntry("constraint entry_account_fkey on entry", "FOREIGN KEY (account) REFERENCES account(id)")
                    .containsEntry("type mood", "kind e, 'sad', 'glad'")
                    .containsEntry("comment on account.owner", "who")
                    .containsEntry("operator ===(integer,integer)", "");
        }
    }

    @Test
    void eachChangeIsSeenAndItsUndoingRestoresTheHash() {
        try (TestBank bank = new TestBank(EVERYTHING)) {
            SchemaFingerprint before = of(bank);
            for (String change : CHANGES) {
                String[] parts = change.replace("@", bank.quoted()).split(" [|] ");
                bank.sql(parts[1]);
                SchemaFingerprint changed = of(bank);
                assertThat(before.diff(changed))
                        .as(change)
                        .extracting(SchemaDiff.Difference::name)
                        .contains(parts[0]);
                assertThat(before.hash()).as(change).isNotEqualTo(changed.hash());
                bank.sql(parts[2]);
                assertThat(before.diff(of(bank))).as(change).isEmpty();
                assertThat(before.hash()).as(change).isEqualTo(of(bank).hash());
            }
        }
    }

    @Test
    void rowsAndSequencesAreNotInIt() {
        try (TestBank bank = new TestBank(EVERYTHING)) {
            SchemaFingerprint before = of(bank);
            bank.sql("INSERT INTO account (owner) VALUES ('ann')", "SELECT nextval('invoice')");
            assertThat(before.hash()).isEqualTo(of(bank).hash());
        }
    }

    @Test
    void aMigrationThatRunsTwiceOrIsRolledBackIsSeenToBeHarmless() throws Exception {
        String[] migration = {
            "CREATE TABLE IF NOT EXISTS audit (id int PRIMARY KEY)", "ALTER TABLE audit ADD COLUMN IF NOT EXISTS note text"
        };
        try (TestBank bank = new TestBank(migration)) {
            SchemaFingerprint once = of(bank);
            bank.sql(migration);
            assertThat(once.diff(of(bank))).isEmpty();

            bank.sql("ALTER TABLE audit ADD CHECK (id > 0)"); // sabotage: each run adds one
            assertThat(once.diff(of(bank)))
                    .extracting(SchemaDiff.Difference::toString)
                    .containsExactly("constraint audit_id_check on audit: added, CHECK (id > 0)");
            bank.sql("ALTER TABLE audit DROP CONSTRAINT audit_id_check");

            try (Connection connection = bank.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("ALTER TABLE audit DROP COLUMN note, ADD COLUMN when_made date");
                statement.execute("DROP TABLE audit");
                connection.rollback();
            }
            assertThat(once.hash()).isEqualTo(of(bank).hash());
        }
    }

    @Test
    void aDiffIsToldInBothDirections() {
        try (TestBank bank = new TestBank("CREATE TABLE t (a int)")) {
            SchemaFingerprint before = of(bank);
            bank.sql("ALTER TABLE t ALTER a TYPE bigint", "ALTER TABLE t ADD b text");
            SchemaFingerprint after = of(bank);
            assertThat(before.diff(after))
                    .extracting(SchemaDiff.Difference::toString)
                    .isEqualTo(List.of("column t.a: #1 integer -> #1 bigint", "column t.b: added, #2 text"));
            assertThat(after.diff(before))
                    .extracting(SchemaDiff.Difference::toString)
                    .isEqualTo(List.of("column t.a: #1 bigint -> #1 integer", "column t.b: dropped, was #2 text"));
        }
    }

    @Test
    void aSchemaThatIsNotThereIsAnErrorAndNoFingerprint() {
        try (TestBank bank = new TestBank()) {
            assertThatThrownBy(() -> SchemaFingerprint.of(bank.admin(), "No \"such\" schema"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Schema \"No \"such\" schema\" must be there to be captured, but is not. Give its name as "
                            + "the catalog has it: neither quoted nor folded.");
        }
    }
}
