// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.junit5.internal.TestRun;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.DatabaseOptions;
import dev.chaostest.postgres.isolation.SchemaOptions;
import dev.chaostest.postgres.isolation.TestDatabase;
import dev.chaostest.postgres.isolation.TestSchema;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes what one round has for itself, and keeps it where its test fails. The round's scope owns it; but what is on a server
 * of the test's own goes with that, whatever the test has made of it.
 */
final class Isolating {

    private final ExtensionContext context;
    private final PostgresRun run;
    private final TestRound round;
    private final ChaosScope scope;
    private final Database database;

    private final boolean goesWithItsServer;

    /**
     * @param owner closes what is made
     * @param database where it is made
     * @param goesWithItsServer whether that ends with the test
     */
    Isolating(
            ExtensionContext context, TestRound round, ChaosScope owner, Database database, boolean goesWithItsServer) {
        this.context = context;
        this.run = PostgresRun.of(context);
        this.round = round;
        this.scope = owner;
        this.database = database;
        this.goesWithItsServer = goesWithItsServer;
    }

    TestSchema schema(IsolatedSchema wanted) {
        requireTwin("@IsolatedSchema", "its schema");
        SchemaOptions options = SchemaOptions.ofDefaults(TestRun.of(context).run())
                .withPrefix(wanted.prefix())
                .withScripts(context.getRequiredTestClass(), wanted.value())
                .withPublic(wanted.includePublic());
        if (goesWithItsServer) {
            return TestSchema.create(database.admin(), options);
        }
        run.sweep(database, wanted.prefix());
        TestSchema made = scope.own("the schema", TestSchema.create(database.admin(), options));
        keepAsSet(wanted.keepOnFailure(), made::keep);
        return made;
    }

    TestDatabase database(IsolatedDatabase wanted) {
        requireTwin("@IsolatedDatabase", "its database");
        DatabaseOptions options = DatabaseOptions.ofDefaults(TestRun.of(context).run())
                .withPrefix(wanted.prefix())
                .withScripts(context.getRequiredTestClass(), wanted.value());
        if (goesWithItsServer) {
            return TestDatabase.create(database.admin(), options);
        }
        run.sweepDatabases(database, wanted.prefix());
        TestDatabase made = scope.own("the database", run.take(database, options));
        keepAsSet(wanted.keepOnFailure(), made::keep);
        return made;
    }

    private void requireTwin(String annotation, String what) {
        if (database.attached().isPresent()) {
            throw new ChaosException(annotation + " must be able to give " + what + " to every connection, but the "
                    + "DataSource of " + context.getRequiredTestClass().getSimpleName()
                    + " is attached to as it is, with "
                    + "connections that are open. Hand over one without socketFactory, which gets a twin, or load the "
                    + "tables yourself.");
        }
    }

    private void keepAsSet(boolean keepOnFailure, Keepable made) {
        if (run.keep() == PostgresRun.Keep.ALWAYS) {
            made.keep("chaos.schema.keep is always");
        } else if (run.keep() == PostgresRun.Keep.ON_FAILURE
                && keepOnFailure
                && round.sweep().isEmpty()) { // of a sweep, the next round has it
            round.onFailure(() -> kept(made));
        }
    }

    /** On a server of ours it lives as long as the run: long enough for a breakpoint, and the message says so. */
    private List<String> kept(Keepable made) {
        String why = database.server().filter(server -> server.isOwned()).isPresent()
                ? "its test failed; it goes with the server when this run ends (set chaos.jdbc.url to keep it longer)"
                : "its test failed";
        return List.of(("kept     : " + made.keep(why)).split("\n"));
    }

    /** A schema or a database. */
    @FunctionalInterface
    private interface Keepable {
        String keep(String why);
    }
}
