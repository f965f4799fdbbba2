// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.postgres.isolation.internal.Address;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class KeptSchemaTest {

    private final PGSimpleDataSource admin = IsolationTestServer.admin();
    private final Sql sql = new Sql(admin);
    private final SchemaOptions options = SchemaOptions.ofDefaults(Run.random());

    @AfterEach
    void drop() {
        sql.column(
                        "SELECT quote_ident(nspname) FROM pg_namespace WHERE strpos(nspname, ?) > 0",
                        options.run().id())
                .forEach(name -> sql.run("DROP SCHEMA " + name + " CASCADE"));
    }

    @Test
    void closingLeavesItAndTheTextSaysHowToLookIntoIt() {
        TestSchema schema = TestSchema.create(admin, options);
        String text = schema.keep("transferIsRetried failed.");
        schema.close();

        String name = schema.name();
        String server = admin.getServerNames()[0] + ":" + admin.getPortNumbers()[0] + "/" + admin.getDatabaseName();
        assertThat(schema.isKept()).isTrue();
        assertThat(sql.schemaExists(name)).isTrue();
        assertThat(text)
                .isEqualTo("Schema \"" + name + "\" is kept: transferIsRetried failed."
                        + "\n  psql : psql 'postgresql://postgres@" + server + "?options=-csearch_path%3D%22" + name
                        + "%22'"
                        + "\n  jdbc : jdbc:postgresql://" + server + "?user=postgres&currentSchema=%22" + name + "%22"
                        + "\n  drop : DROP SCHEMA \"" + name + "\" CASCADE;");
    }

    @Test
    void theJdbcUrlLeadsIntoItWhateverItsName() throws SQLException {
        TestSchema schema = TestSchema.create(admin, options.withPrefix("it's; \"%\\ &?#+\uD83D\uDE80"));
        String text = schema.keep("the test failed.");
        String url = text.lines()
                .filter(line -> line.startsWith("  jdbc : "))
                .findFirst()
                .orElseThrow()
                .substring(9);
        try (Connection connection = DriverManager.getConnection(url + "&password=postgres")) {
            assertThat(Sql.column(connection, "SELECT current_schema()")).containsExactly(schema.name());
        }
    }

    @Test
    void thePasswordIsNowhere() {
        admin.setPassword("s3cret");
        admin.setSslPassword("s3cret");
        TestSchema schema = TestSchema.create(admin, options);
        assertThat(schema.keep("x") + schema).doesNotContain("s3cret");
    }

    @Test
    void siblingsAreKeptAndNamedToo() {
        TestSchema schema = TestSchema.create(admin, options);
        TestSchema audit = schema.sibling("audit");
        TestSchema gone = schema.sibling("gone");
        gone.close();

        String text = schema.keep("the test failed.");
        schema.close();

        assertThat(text).contains("Schema \"" + audit.name() + "\" is kept").doesNotContain(gone.name());
        assertThat(sql.schemaExists(audit.name())).isTrue();
    }

    @Test
    void aClosedOneCannotBeKept() {
        TestSchema schema = TestSchema.create(admin, options);
        schema.close();
        assertThatThrownBy(() -> schema.keep("too late")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void psqlGetsSpacesAndBackslashesEscapedTwice() {
        Address address = new Address("[::1]:5432,db:5433", "my db", "me@x");
        assertThat(address.psql("\"a b\\c\""))
                .isEqualTo("psql 'postgresql://me%40x@[::1]:5432,db:5433/my%20db"
                        + "?options=-csearch_path%3D%22a%5C%20b%5C%5Cc%22'");
    }
}
