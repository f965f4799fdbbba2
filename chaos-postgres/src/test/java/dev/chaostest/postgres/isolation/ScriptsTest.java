// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.Twin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class ScriptsTest {

    private final PGSimpleDataSource admin = IsolationTestServer.admin();
    private final Sql sql = new Sql(admin);
    private final Run run = Run.random();
    private final SchemaOptions options = SchemaOptions.ofDefaults(run);

    @TempDir
    Path directory;

    private String script(String name, String text) throws IOException {
        return "file:" + Files.writeString(directory.resolve(name), text);
    }

    private TestSchema load(String... scripts) {
        return TestSchema.create(admin, options.withScripts(ScriptsTest.class, scripts));
    }

    private Sql in(TestSchema schema) {
        return new Sql(Twin.of(admin, schema.driverProperties()).dataSource());
    }

    private void assertNothingIsLeft() {
        assertThat(sql.column("SELECT nspname FROM pg_namespace WHERE strpos(nspname, ?) > 0", "_" + run.id() + "_"))
                .isEmpty();
    }

    @Test
    void aScriptIsOneStringWithFunctionsAndSemicolonsInIt() {
        try (TestSchema schema = load("bank.sql")) {
            assertThat(in(schema).column("SELECT balance FROM account ORDER BY id"))
                    .containsExactly("900", "1100");
            assertThat(in(schema).column("SELECT total()")).containsExactly("2000");
        }
    }

    @Test
    void scriptsRunInTheirOrder() throws IOException {
        String more = script("more.sql", "INSERT INTO entry VALUES ('größer \uD83D\uDE80')");
        try (TestSchema schema = load("/isolation/absolute.sql", more)) {
            assertThat(in(schema).column("SELECT note FROM entry")).containsExactly("absolute", "größer \uD83D\uDE80");
        }
    }

    @Test
    void aScriptThatCommitsStaysInTheSchema() {
        try (TestSchema schema = load("/isolation/commits.sql")) {
            assertThat(in(schema).column("SELECT to_regclass('first'), to_regclass('second')"))
                    .containsExactly("first");
            assertThat(in(schema).column("SELECT to_regclass('second')")).containsExactly("second");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ROLLBACK", "ROLLBACK; BEGIN", "ABORT; SELECT 1", "DROP SCHEMA IF EXISTS x; ROLLBACK AND CHAIN"})
    void aScriptThatRollsBackIsRefused(String end) throws IOException {
        String bad = script("rollback.sql", "CREATE TABLE t (id int); " + end);
        assertThatThrownBy(() -> load(bad))
                .hasMessage(
                        "Script \"" + bad + "\" must not roll back, since its schema is made in the same transaction, "
                                + "but it did. Remove its ROLLBACK.");
        assertNothingIsLeft();
    }

    @Test
    void aScriptMayRollBackToASavepoint() throws IOException {
        String good = script(
                "savepoint.sql",
                "SAVEPOINT s; CREATE TABLE away (id int); ROLLBACK TO s; RELEASE s; CREATE TABLE here (id int)");
        try (TestSchema schema = load(good)) {
            assertThat(in(schema).column("SELECT to_regclass('here')")).containsExactly("here");
            assertThat(in(schema).column("SELECT to_regclass('away') IS NULL")).containsExactly("t");
        }
    }

    @Test
    void whatFollowsARollbackDoesNotLandInPublic() throws IOException {
        String bad = script("landing.sql", "ROLLBACK; CREATE TABLE landed_in_public (id int)");
        assertThatThrownBy(() -> load(bad))
                .hasMessageContaining("statement 2 failed")
                .hasMessageContaining("3F000");
        try (TestSchema schema = load(script("none.sql", ""))) {
            assertThat(in(schema).column("SELECT to_regclass('public.landed_in_public') IS NULL"))
                    .containsExactly("t");
        }
    }

    @Test
    void anEmptyScriptAndAByteOrderMarkDoNoHarm() throws IOException {
        String marked = script("bom.sql", "\uFEFFCREATE TABLE marked (id int)");
        try (TestSchema schema = load(script("empty.sql", ""), script("comment.sql", "-- nothing\n"), marked)) {
            assertThat(in(schema).column("SELECT to_regclass('marked')")).containsExactly("marked");
        }
    }

    @Test
    void aFailingStatementIsShownWithItsLine() throws IOException {
        String bad = script(
                "bad.sql",
                "CREATE TABLE account (id int);\nSELECT 1;\n\n  -- \uD83D\uDE80\n  INSERT INTO acount VALUES (1);\nSELECT 2;\n");
        assertThatThrownBy(() -> load(bad))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Script \"" + bad
                        + "\" must run without an error, but statement 3 failed at line 5, column 15 with SQLSTATE"
                        + " 42P01. Correct it there."
                        + "\n  error  : relation \"acount\" does not exist"
                        + "\n  line   : INSERT INTO acount VALUES (1);");
        assertNothingIsLeft();
    }

    @Test
    void aSyntaxErrorAtTheEndHasAPlaceToo() throws IOException {
        String bad = script("end.sql", "CREATE TABLE account (id int)\n;\nCREATE TABLE");
        assertThatThrownBy(() -> load(bad)).hasMessageContaining("at line 3, column 13 with SQLSTATE 42601");
        assertNothingIsLeft();
    }

    @Test
    void anErrorWithoutAPositionNamesTheStatement() throws IOException {
        String bad = script("twice.sql", "CREATE TABLE t (id int PRIMARY KEY);\nINSERT INTO t VALUES (1), (1);");
        assertThatThrownBy(() -> load(bad))
                .hasMessage("Script \"" + bad
                        + "\" must run without an error, but statement 2 failed with SQLSTATE 23505. Correct it there."
                        + "\n  error  : duplicate key value violates unique constraint \"t_pkey\"");
        assertNothingIsLeft();
    }

    @Test
    void whatAFailedScriptCommittedIsDroppedToo() throws IOException {
        String bad = script("half.sql", "CREATE TABLE t (id int); COMMIT; CREATE TABLE u (id int); SELECT 1/0;");
        assertThatThrownBy(() -> load(bad)).hasMessageContaining("statement 4 failed with SQLSTATE 22012");
        assertNothingIsLeft();
    }

    @Test
    void aDeferredConstraintFailsTheScripts() throws IOException {
        String bad = script(
                "deferred.sql",
                "CREATE TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1), (1);");
        assertThatThrownBy(() -> load(bad))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("Scripts must commit, but the server answered 23505: ")
                .hasMessageEndingWith(". Look for constraints that are deferred.");
        assertNothingIsLeft();
    }

    @Test
    void aMissingResourceIsSaidWithWhatWasTried() {
        assertThatThrownBy(() -> load("nowhere.sql"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Script \"nowhere.sql\" must exist, but was not found. Tried:"
                        + " dev/chaostest/postgres/isolation/nowhere.sql on the class path of "
                        + getClass().getName()
                        + ". Put it there, begin with / for the root of the class path, or with file: for a path.");
        assertThatThrownBy(() -> load("/nowhere.sql"))
                .hasMessageContaining(
                        "Tried: nowhere.sql on the class path of " + getClass().getName());
        assertNothingIsLeft();
    }

    @Test
    void aResourceAtTheRootIsPointedOut() {
        assertThatThrownBy(() -> load("junit-platform.properties"))
                .hasMessageEndingWith(
                        "There is one at the root of the class path: write \"/junit-platform.properties\".");
    }

    @Test
    void aMissingFileIsSaidWithItsFullPath() {
        assertThatThrownBy(() -> load("file:no/such.sql"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Script \"file:no/such.sql\" must exist, but was not found. Tried: the file "
                        + Path.of("no/such.sql").toAbsolutePath() + ". Check the path.");
    }

    @Test
    void aFileUrlWorksToo() throws IOException {
        String url = Files.writeString(directory.resolve("with space.sql"), "CREATE TABLE spaced (id int)")
                .toUri()
                .toString();
        try (TestSchema schema = load(url)) {
            assertThat(in(schema).column("SELECT to_regclass('spaced')")).containsExactly("spaced");
        }
    }

    @Test
    void aScriptInAnotherEncodingIsRefused() throws IOException {
        Path latin =
                Files.write(directory.resolve("latin.sql"), "SELECT 'größe'".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> load("file:" + latin))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Script \"file:" + latin + "\" must be UTF-8, but is not. Save it in that encoding.");
        assertNothingIsLeft();
    }
}
