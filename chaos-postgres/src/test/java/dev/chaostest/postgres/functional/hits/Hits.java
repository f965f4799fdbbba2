// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.hits;

import dev.chaostest.postgres.functional.WireFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts the arrivals that some calls make, by the name of the statement. */
final class Hits implements AutoCloseable {

    /** Arrivals that are no statements: other tests are about those. */
    private static final Set<String> OTHERS = Set.of("connect", "cancel");

    private final WireFixture bank;
    private final Connection connection;

    interface Calls {
        void make(Connection connection) throws Exception;
    }

    private Hits(WireFixture bank, Connection connection) {
        this.bank = bank;
        this.connection = connection;
    }

    /** On a connection with these settings, to a schema with a table {@code account} of nine rows. */
    static Hits on(String... settings) throws SQLException {
        WireFixture bank = new WireFixture();
        return new Hits(bank, bank.connect(settings));
    }

    WireFixture bank() {
        return bank;
    }

    Connection connection() {
        return connection;
    }

    /** The arrivals, each with its number; they are counted for these calls alone. */
    SortedMap<String, Long> of(Calls calls) throws Exception {
        try (WireFixture.Armed armed = bank.arm()) {
            calls.make(connection);
            SortedMap<String, Long> seen = new TreeMap<>();
            armed.round().decisions().seen().forEach((site, hits) -> {
                if (site.seam().equals("sql") && !OTHERS.contains(site.name())) {
                    seen.put(site.name(), hits);
                }
            });
            return seen;
        }
    }

    /** Calls of one kind on a connection of their own. */
    static SortedMap<String, Long> count(String setting, Calls calls) throws Exception {
        try (Hits hits = on(setting.split("=", 2))) {
            return hits.of(calls);
        }
    }

    static SortedMap<String, Long> count(Calls calls) throws Exception {
        return count("prepareThreshold=5", calls);
    }

    @Override
    public void close() throws SQLException {
        try (bank) {
            connection.close();
        }
    }
}
