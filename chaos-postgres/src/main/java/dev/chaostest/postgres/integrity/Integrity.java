// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Checks that the data of one schema keep what the schema promises, and what the application promises.
 *
 * <p>Looks at every row, and believes neither an index nor a constraint: foreign keys (also {@code NOT VALID}, of several
 * columns, {@code MATCH FULL}), unique indexes (also partial, over expressions, {@code NULLS NOT DISTINCT}), NOT NULL, CHECK,
 * the bounds of partitions; indexes that are not valid, triggers and event triggers that are switched off; and what the
 * extension {@code amcheck} says, if the database has it. One snapshot for all tables. Not looked at: exclusion constraints
 * and keys over periods (the report says so), constraints that are {@code NOT ENFORCED}, constraints of domains.
 *
 * <p>Only reads, in transactions that are rolled back, each statement for at most 30 s. Takes as long as a few scans of the
 * tables. For a role that is not the tables' owner, what it may not read is listed as not checked.
 *
 * <pre>{@code
 * Integrity integrity = Integrity.of(admin, schema.name());
 * integrity.remember(Invariant.of("money", "SELECT sum(balance) FROM account"));
 * service.transfer(1, 2, 100);
 * integrity.assertRemembered();
 * integrity.check().assertSound();
 * }</pre>
 *
 * <p>Safe for use by many threads. Source: PostgreSQL, "Constraints", pg_index, pg_constraint, pg_trigger, amcheck.
 *
 * @since 0.1
 */
public final class Integrity {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int NUMBERS_MAX = 1_000_000;

    private final Reading reading;
    private final Map<String, Invariant.Value> remembered = new LinkedHashMap<>();

    private Integrity(Reading reading) {
        this.reading = reading;
    }

    /**
     * Checks one schema.
     *
     * @param source connects past the faults of the test; best as the tables' owner
     * @param schema as the catalogue has it: neither quoted nor folded
     */
    public static Integrity of(DataSource source, String schema) {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(schema, "schema");
        return new Integrity(new Reading(source, schema, TIMEOUT));
    }

    /** As this one, with another limit for each statement; without what was remembered. */
    public Integrity withTimeout(Duration timeout) {
        if (timeout.toMillis() < 1) {
            throw new ChaosException("The timeout of a check must be at least 1 ms, but was " + timeout
                    + ". Use for example 30 seconds.");
        }
        return new Integrity(new Reading(reading.source(), reading.schema(), timeout));
    }

    /**
     * Looks at the whole schema.
     *
     * @throws ChaosException if there is no such schema, or the server can't be asked at all
     */
    public IntegrityReport check() {
        IntegrityReport logical = reading.inOneSnapshot(connection -> {
            Examination examination = new Examination(connection, reading.schema());
            requireSchema(examination);
            ForeignKeys.examine(examination);
            UniqueIndexes.examine(examination);
            NotNulls.examine(examination);
            Checks.examine(examination);
            Switches.examine(examination);
            return examination.report();
        });
        IntegrityReport physical = reading.oneByOne(connection -> {
            Examination examination = new Examination(connection, reading.schema());
            Amcheck.examine(examination);
            return examination.report();
        });
        return logical.and(physical);
    }

    private void requireSchema(Examination examination) throws SQLException {
        List<String> found = new ArrayList<>();
        examination.catalogue(
                "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = ?", row -> found.add(row.getString(1)));
        if (found.isEmpty()) {
            throw new ChaosException("Schema \"" + reading.schema()
                    + "\" must be there to be checked, but is not. Give its name as the catalogue has it,"
                    + " without quotes.");
        }
    }

    /**
     * Reads values now, for {@link #assertRemembered} to compare with.
     *
     * @param values each under its own name; one of the same name takes the place of an earlier one
     */
    public void remember(Invariant.Value... values) {
        Map<String, Invariant.Value> seen = reading.inOneSnapshot(connection -> {
            Map<String, Invariant.Value> read = new LinkedHashMap<>();
            for (Invariant.Value value : values) {
                read.put(value.name(), value.expecting(value.read(connection)));
            }
            return read;
        });
        synchronized (remembered) {
            remembered.putAll(seen);
        }
    }

    /**
     * Checks that everything that was remembered is as it was.
     *
     * @throws AssertionError if something is not; the message lists all of it
     * @throws ChaosException if nothing was remembered
     */
    public void assertRemembered() {
        Invariant[] all;
        synchronized (remembered) {
            all = remembered.values().toArray(Invariant[]::new);
        }
        if (all.length == 0) {
            throw new ChaosException("A value must be remembered before it can be compared, but none is. Call "
                    + "remember(...) before the test writes.");
        }
        assertHolds(all);
    }

    /**
     * Checks invariants, all in one snapshot.
     *
     * @throws AssertionError if one is violated; the message lists all that are
     */
    public void assertHolds(Invariant... invariants) {
        List<String> violations = reading.inOneSnapshot(connection -> {
            List<String> found = new ArrayList<>();
            for (Invariant invariant : invariants) {
                invariant.violation(connection).ifPresent(found::add);
            }
            return found;
        });
        if (!violations.isEmpty()) {
            throw new AssertionError("Every invariant must hold, but "
                    + violations.size() + " of " + invariants.length + (violations.size() == 1 ? " does" : " do")
                    + " not. Look at what was written."
                    + violations.stream().map(line -> "\n  " + line).collect(Collectors.joining()));
        }
    }

    /**
     * Reads numbers that should follow each other, in the order in which they came.
     *
     * @param sql gives one column of whole numbers, in that order; at most {@value #NUMBERS_MAX} rows
     * @throws ChaosException if there are more, or if one is NULL
     */
    public SequenceReport sequence(String sql) {
        return reading.inOneSnapshot(connection -> {
            List<Long> numbers = new ArrayList<>();
            try (Statement statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.setMaxRows(NUMBERS_MAX + 1);
                try (ResultSet rows = statement.executeQuery(sql)) {
                    while (rows.next()) {
                        numbers.add(number(rows, numbers.size() + 1));
                    }
                }
            }
            if (numbers.size() > NUMBERS_MAX) {
                throw new ChaosException("A sequence must have at most " + NUMBERS_MAX
                        + " rows to be checked, but has more. Check a part of it.");
            }
            return SequenceReport.of(numbers);
        });
    }

    private static long number(ResultSet row, int place) throws SQLException {
        long number = row.getLong(1);
        if (row.wasNull()) {
            throw new ChaosException("A sequence must have a number in each row, but row " + place
                    + " has NULL. Leave such rows out with IS NOT NULL.");
        }
        return number;
    }

    /**
     * Whether two rows were last written by the same transaction, by their {@code xmin}.
     *
     * <p>True is certain: ids are used again after four thousand million transactions only. False is not, if the code uses
     * savepoints, {@code EXCEPTION} blocks or the driver's {@code autosave}: a row that is written behind one has the id of a
     * subtransaction, and the server does not tell whose. {@link dev.chaostest.postgres.writes.Writes} does.
     *
     * @throws ChaosException if one of the rows is not there, or there are several
     */
    public boolean isSameTransaction(StoredRow one, StoredRow other) {
        return reading.inOneSnapshot(
                connection -> one.xmin(connection, schema()).equals(other.xmin(connection, schema())));
    }

    /**
     * Checks that two rows were last written by the same transaction, as {@link #isSameTransaction} says.
     *
     * @throws AssertionError if not
     */
    public void assertSameTransaction(StoredRow one, StoredRow other) {
        reading.inOneSnapshot(connection -> {
            String first = one.xmin(connection, schema());
            String second = other.xmin(connection, schema());
            if (!first.equals(second)) {
                throw new AssertionError(one + " and " + other + " must be written by one transaction, but have xmin "
                        + first + " and " + second
                        + ". Write them in one transaction; if the code uses savepoints, ask "
                        + "Writes.assertTogether instead.");
            }
            return first;
        });
    }

    private String schema() {
        return SchemaName.quote(reading.schema());
    }

    @Override
    public String toString() {
        return "integrity of schema " + reading.schema();
    }
}
