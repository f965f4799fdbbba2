// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Rule;
import dev.chaostest.postgres.integrity.Integrity;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.snapshot.SchemaSnapshots;
import dev.chaostest.postgres.truth.Truth;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.postgres.writes.WriteLog;
import dev.chaostest.postgres.writes.Writes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What tells one test whether its data are right; made when the test asks for it. */
final class RoundOracles {

    /** The seams whose faults can leave a transaction in doubt. */
    private static final Set<String> CARRIED = Set.of("sql", "wire");

    private final TestRound round;
    private final Database database;
    private final Optional<TestSchema> schema;
    private final WireMount mount;
    private final Supplier<WriteLog> log;
    private @Nullable Writes writes;
    private @Nullable Integrity integrity;
    private @Nullable SchemaSnapshots snapshots;

    private @Nullable Truth truth;

    /**
     * @param place where the test works
     * @param log asked for the first {@link #writes}
     */
    RoundOracles(TestRound round, Place place, Supplier<WriteLog> log) {
        this.round = round;
        this.mount = place.mount();
        this.database = place.database();
        this.schema = place.schema();
        this.log = log;
    }

    /** Of the test's own schema if it has one, else of the whole database; the same for every parameter of the round. */
    synchronized Writes writes() {
        if (writes == null) {
            WriteLog opened = log.get();
            Writes begun = schema.map(own -> opened.record(own.name())).orElseGet(opened::record);
            writes = round.scope().own("the writes", begun);
            round.onFailure(() -> lines(begun));
        }
        return writes;
    }

    private static List<String> lines(Writes begun) {
        List<String> lines = new ArrayList<>();
        for (String line : begun.describe()) {
            lines.add((lines.isEmpty() ? "wrote    : " : "           ") + line);
        }
        return lines;
    }

    /** A test with faults is told what they did to its transactions, whether it asks or not. */
    void follow(List<Rule> rules) {
        boolean strikes =
                rules.stream().anyMatch(rule -> CARRIED.contains(rule.target().seam()));
        if (strikes && round.scope().round().wouldStrike() == null) {
            truth();
        }
    }

    /** Somebody follows the transactions already, and tells. */
    synchronized void follow(Truth kept) {
        truth = kept;
    }

    /** Follows the transactions of the test's sessions from the first question for it on; the same for all of the round. */
    synchronized Truth truth() {
        if (truth == null) {
            Truth begun = round.scope().own("the truth about transactions", Truth.of(mount, unarmed()));
            truth = begun;
            round.onFailure(() ->
                    begun.lines().stream().map(line -> "truth    : " + line).toList());
        }
        return truth;
    }

    /** Of the test's own schema if it has one, else of the one that its DataSource has as its default. */
    synchronized Integrity integrity() {
        if (integrity == null) {
            DataSource unarmed = unarmed();
            integrity = Integrity.of(unarmed, schemaName("An Integrity parameter", unarmed));
        }
        return integrity;
    }

    /** Of the test's own schema if it has one, else of the one that its DataSource has as its default. */
    synchronized SchemaSnapshots snapshots() {
        if (snapshots == null) {
            DataSource unarmed = unarmed();
            snapshots = round.scope()
                    .own(
                            "the snapshots",
                            SchemaSnapshots.of(unarmed, schemaName("A SchemaSnapshots parameter", unarmed)));
        }
        return snapshots;
    }

    private String schemaName(String parameter, DataSource unarmed) {
        return schema.map(TestSchema::name).orElseGet(() -> defaultSchema(parameter, unarmed));
    }

    /** Not by way of a mount that is armed. */
    DataSource unarmed() {
        return database.attached().isEmpty()
                ? database.admin()
                : database.lookout(round.scope().own("the mount of the checks", WireMount.twinOf("checks")));
    }

    private String defaultSchema(String parameter, DataSource unarmed) {
        try (Connection connection = unarmed.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_schema()")) {
            row.next();
            return Optional.ofNullable(row.getString(1))
                    .orElseThrow(() -> new ChaosException(parameter + " of "
                            + round.scope().name()
                            + " must have a schema to look at, but the session has none by default. Use "
                            + "@IsolatedSchema."));
        } catch (SQLException e) {
            throw new ChaosException(
                    parameter + " of " + round.scope().name() + " must know its schema, but the database answered "
                            + e.getSQLState() + ". Check that the server runs; see the cause.",
                    e);
        }
    }
}
