// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.sweep.SweptSpace;
import dev.chaostest.postgres.truth.Truth;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A place that outlives the rounds of a sweep, with its DataSource, its pool and what puts its data back. */
final class KeptPlace implements AutoCloseable {

    private static final int POOL_SIZE = 10;
    private static final String POOL = "com.zaxxer.hikari.HikariDataSource";
    /** Those that a test may have made tables in. */
    static final String SCHEMAS = "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <>"
            + " 'information_schema' ORDER BY 1";

    private final ChaosScope owner;
    private final OptionalInt poolSize;
    private final Place place;
    private final DataSource dataSource;
    private final Truth truth;
    private final SweptSpace space;
    private @Nullable DataSource pool;

    /** Makes all of it, as the script has it. */
    KeptPlace(ExtensionContext template, TestRound round) {
        this.owner = ChaosScope.open(Tests.name(template), Plan.of(round.scope().seed()));
        try {
            this.poolSize = PoolSizes.of(Tests.classes(template), template.getTestMethod());
            this.place = new Place(template, round, owner, List.of());
            this.dataSource = place.open(poolSize);
            DataSource admin = place.database().admin();
            this.truth = owner.own("the truth about transactions", Truth.of(place.mount(), admin));
            this.space = owner.own(
                    "the space",
                    SweptSpace.of(
                            owner.name(),
                            place.mount(),
                            admin,
                            ask("SHOW search_path").get(0),
                            schemas()));
            if (PoolMount.isOn(dataSource)) {
                space.fills(dataSource);
            } else if (hasPool(template)) {
                pool();
            }
        } catch (RuntimeException | Error failed) {
            owner.close();
            throw failed;
        }
    }

    /** Without a space of its own, a test shares its tables: nothing is put back there. */
    private List<String> schemas() {
        return place.schema()
                .map(own -> List.of(own.name()))
                .orElseGet(() -> place.ownDatabase().isPresent() ? ask(SCHEMAS) : List.of());
    }

    private static boolean hasPool(ExtensionContext template) {
        return Arrays.stream(template.getRequiredTestMethod().getParameterTypes())
                .anyMatch(type -> type.getName().equals(POOL));
    }

    private List<String> ask(String query) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> answers = new ArrayList<>();
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
            return answers;
        } catch (SQLException e) {
            throw new ChaosException(
                    "A sweep must know the schemas of " + owner.name() + ", but the database answered "
                            + e.getSQLState() + ". Check that the server runs; see the cause.",
                    e);
        }
    }

    Place place() {
        return place;
    }

    DataSource dataSource() {
        return dataSource;
    }

    Truth truth() {
        return truth;
    }

    SweptSpace space() {
        return space;
    }

    /** Made when the first asks for it; filled before each round from then on. */
    synchronized DataSource pool() {
        if (pool == null) {
            pool = owner.own("the pool", TestPool.of(dataSource, poolSize.orElse(POOL_SIZE), owner.name()))
                    .dataSource();
            space.fills(pool);
        }
        return pool;
    }

    @Override
    public void close() {
        owner.close();
    }
}
