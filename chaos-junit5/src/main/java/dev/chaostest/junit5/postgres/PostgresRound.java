// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.junit5.internal.TestRun;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Rule;
import dev.chaostest.postgres.internal.Loopback;
import dev.chaostest.postgres.isolation.SchemaOptions;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What one round of one test has of a PostgreSQL: its schema, its mount and its DataSource. All of it is owned by the
 * round's scope.
 */
final class PostgresRound {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(PostgresRound.class);
    private static final String ALLOWED_HOSTS = Loopback.ALLOWED_HOSTS;

    private final ChaosScope scope;
    private final Database database;
    private final boolean autoCommit;
    private final Optional<TestSchema> schema;
    private final DataSource dataSource;

    private PostgresRound(ExtensionContext context) {
        TestRound round = TestRound.of(context);
        Class<?> testClass = context.getRequiredTestClass();
        List<Rule> rules = Faults.of(testClass, context.getTestMethod());
        round.plan(rules);
        this.scope = round.scope();
        this.database = Databases.of(context);
        if (!rules.isEmpty()) {
            requireAllowed(context);
        }
        Optional<WireMount> attached = database.attached();
        WireMount mount = attached.orElseGet(() -> scope.own("the mount", WireMount.twinOf(scope.name())));
        round.armOn(mount.mount());
        this.autoCommit = Tests.onClass(testClass, PostgresTest.class)
                .map(PostgresTest::autoCommit)
                .orElse(true);
        this.schema = Tests.annotation(context, IsolatedSchema.class).map(wanted -> isolated(context, round, wanted));
        this.dataSource = open(mount, statementTimeout(Tests.timeout(context)));
    }

    /** The round of this test; made before it. */
    static PostgresRound of(ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(context.getUniqueId(), key -> new PostgresRound(context), PostgresRound.class);
    }

    ChaosScope scope() {
        return scope;
    }

    Database database() {
        return database;
    }

    Optional<TestSchema> schema() {
        return schema;
    }

    DataSource dataSource() {
        return dataSource;
    }

    boolean isAutoCommit() {
        return autoCommit;
    }

    private void requireAllowed(ExtensionContext context) {
        String allowed = PostgresRun.of(context).settings().get(ALLOWED_HOSTS).orElse("");
        try {
            database.requireAllowed(Loopback.allowing(allowed));
        } catch (SQLException e) {
            throw new ChaosException(
                    scope.name() + " must know the server that it may break, but the DataSource gave no connection: "
                            + e.getMessage() + ". Check that the server runs.",
                    e);
        }
    }

    private TestSchema isolated(ExtensionContext context, TestRound round, IsolatedSchema wanted) {
        if (database.attached().isPresent()) {
            throw new ChaosException("@IsolatedSchema must be able to give its schema to every connection, but the "
                    + "DataSource of " + context.getRequiredTestClass().getSimpleName()
                    + " is attached to as it is, with "
                    + "connections that are open. Hand over one without socketFactory, which gets a twin, or load the "
                    + "tables yourself.");
        }
        PostgresRun run = PostgresRun.of(context);
        run.sweep(database, wanted.prefix());
        SchemaOptions options = SchemaOptions.ofDefaults(TestRun.of(context).run())
                .withPrefix(wanted.prefix())
                .withScripts(context.getRequiredTestClass(), wanted.value())
                .withPublic(wanted.includePublic());
        TestSchema made = scope.own("the schema", TestSchema.create(database.admin(), options));
        PostgresRun.Keep keep = run.keep();
        if (keep == PostgresRun.Keep.ALWAYS) {
            made.keep("chaos.schema.keep is always");
        } else if (keep == PostgresRun.Keep.ON_FAILURE && wanted.keepOnFailure()) {
            round.onFailure(() -> keep(made));
        }
        return made;
    }

    /** On a server of ours it lives as long as the run: long enough for a breakpoint, and the message says so. */
    private List<String> keep(TestSchema failed) {
        String why = database.server().filter(server -> server.isOwned()).isPresent()
                ? "its test failed; it goes with the server when this run ends (set chaos.jdbc.url to keep it longer)"
                : "its test failed";
        return List.of(failed.keep(why).split("\n"));
    }

    private DataSource open(WireMount mount, Duration statementTimeout) {
        Map<String, String> driver = new HashMap<>();
        mount.properties().forEach((name, value) -> driver.put((String) name, (String) value));
        schema.ifPresent(it -> driver.putAll(it.driverProperties()));
        Database.Opened opened = database.open(new Database.Client(scope.name(), statementTimeout), driver);
        scope.own("the DataSource", opened.end());
        return opened.dataSource();
    }

    /** A little less than the test has, so that the database gives up first. */
    private static Duration statementTimeout(Duration test) {
        Duration margin = test.dividedBy(30);
        return test.minus(margin.compareTo(Duration.ofMillis(500)) < 0 ? Duration.ofMillis(500) : margin);
    }
}
