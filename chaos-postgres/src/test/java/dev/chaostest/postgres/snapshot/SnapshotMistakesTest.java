// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotMistakesTest {

    private final TestBank bank =
            new TestBank("CREATE TABLE account (id int PRIMARY KEY, balance int)", "CREATE TABLE audit (note text)");

    @AfterEach
    void close() {
        bank.close();
    }

    private AbstractThrowableAssert<?, ?> refused(UnaryOperator<SnapshotOptions> options) {
        return assertThatThrownBy(() -> {
                    try (SchemaSnapshots snapshots = bank.snapshots(options.apply(SnapshotOptions.ofDefaults()))) {
                        snapshots.capture();
                    }
                })
                .isInstanceOf(ChaosException.class);
    }

    @Test
    void aTableThatIsNotThere() {
        refused(options -> options.ignoring("acount", "balance"))
                .hasMessage("Table \"acount\" of the snapshot's options must be in schema \"" + bank.name()
                        + "\", but there are account, audit. Did you mean \"account\"?");
    }

    @Test
    void aTableWhereThereIsNone() {
        bank.sql("DROP TABLE account, audit");
        refused(options -> options.ignoringTable("account"))
                .hasMessage("Table \"account\" of the snapshot's options must be in schema \"" + bank.name()
                        + "\", but there is none. Load the tables first.");
    }

    @Test
    void aColumnThatIsNotThere() {
        refused(options -> options.ignoring("account", "balanec"))
                .hasMessage("ignoring(\"account\", \"balanec\") must name a column of that table, but its columns are "
                        + "id, balance. Did you mean \"balance\"?");
    }

    @Test
    void aColumnOfThePrimaryKey() {
        refused(options -> options.ignoring("account", "id"))
                .hasMessage(
                        "ignoring(\"account\", \"id\") must not name a part of the primary key, by which rows are told "
                                + "from each other. Ignore the whole table with ignoringTable(\"account\").");
    }

    @Test
    void nothingNamed() {
        refused(options -> options.ignoring("account"))
                .hasMessage("ignoring(...) must name at least one, but named none. Leave it out, or name what it is"
                        + " about.");
    }

    @Test
    void noTime() {
        refused(options -> options.withTimeout(Duration.ZERO))
                .hasMessage(
                        "the timeout of a snapshot must be between 1 ms and 24 days, but was PT0S. Use for example 30 "
                                + "seconds.");
    }

    @Test
    void aForeignTable() {
        bank.sql(
                "CREATE FOREIGN DATA WRAPPER " + bank.quoted(),
                "CREATE SERVER " + bank.quoted() + " FOREIGN DATA WRAPPER " + bank.quoted(),
                "CREATE FOREIGN TABLE far (id int) SERVER " + bank.quoted());
        try {
            refused(options -> options)
                    .hasMessage(
                            "Foreign table \"far\" must be ignored, since its rows are another server's and belong to"
                                    + " no snapshot of this one. Use ignoringTable(\"far\").");
            try (SchemaSnapshots snapshots =
                    bank.snapshots(SnapshotOptions.ofDefaults().ignoringTable("far"))) {
                snapshots.capture().assertUnchanged();
            }
        } finally {
            bank.sql("DROP FOREIGN DATA WRAPPER " + bank.quoted() + " CASCADE");
        }
    }

    @Test
    void aTableThatATransactionLocks() throws Exception {
        try (Connection connection = bank.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE account");
            refused(options -> options.withTimeout(Duration.ofMillis(300)))
                    .hasMessageContaining("must be readable, but the database answered 5")
                    .hasMessageEndingWith("End the transactions that the test began, or give it more time with "
                            + "withTimeout(...).");
            connection.rollback();
        }
    }

    @Test
    void aTableThatTheRoleMayNotRead() {
        String role = '"' + bank.name() + '"';
        bank.sql("CREATE ROLE " + role, "GRANT USAGE ON SCHEMA " + bank.quoted() + " TO " + role);
        try {
            assertThatThrownBy(() -> SchemaSnapshots.of(TestBank.as(bank.name()), bank.name())
                            .capture())
                    .isInstanceOf(ChaosException.class)
                    .hasMessageContaining("must be readable, but the database answered 42501: ")
                    .hasMessageEndingWith("Check that the role may read all of it, or ignore what it may not with "
                            + "ignoringTable(...).");
        } finally {
            bank.sql("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void rowsThatAPolicyHidesAreAnErrorAndNotUnchanged() {
        String role = '"' + bank.name() + '"';
        bank.sql(
                "CREATE ROLE " + role,
                "GRANT USAGE ON SCHEMA " + bank.quoted() + " TO " + role,
                "GRANT SELECT ON ALL TABLES IN SCHEMA " + bank.quoted() + " TO " + role,
                "ALTER TABLE account ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY none ON account USING (false)");
        try {
            assertThatThrownBy(() -> SchemaSnapshots.of(TestBank.as(bank.name()), bank.name())
                            .capture())
                    .isInstanceOf(ChaosException.class)
                    .hasMessageContaining("must be readable, but the database answered 42501: ");
        } finally {
            bank.sql("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }
}
