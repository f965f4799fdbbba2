// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.inTransaction;
import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.Isolation;
import dev.chaostest.work.Outcome;
import dev.chaostest.work.Outcomes;
import dev.chaostest.work.Workers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many workers at few rows: whatever they did is there, once each. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.CONCURRENT)
class ContentionTest {

    private static final List<String> BRANCHES = List.of("main", "test", "next");

    @ChaosTest
    void threeBranchesUnderLoadLoseNoIncrement(Workers<Connection> workers, DataSource shop) throws Exception {
        of(20, shop).run(worker -> {
            for (int i = 0; i < 3; i++) {
                run(worker.resource(), "UPDATE version SET patch = patch + 1 WHERE branch = ?", BRANCHES.get(i));
            }
        });

        assertThat(texts(shop, "SELECT patch FROM version")).containsExactly("20", "20", "20");
    }

    @ChaosTest
    void aCounterCountsItsSuccessesUnderExtremeContention(DataSource shop) throws Exception {
        Outcomes<Long> counted = of(10, shop)
                .call(worker -> LongStream.range(0, 5)
                        .filter(attempt -> incremented(worker.resource()))
                        .count());

        long successes = counted.values().stream().mapToLong(Long::longValue).sum();
        assertThat(successes).isGreaterThanOrEqualTo(5);
        assertThat(number(shop, "SELECT patch FROM version WHERE branch = 'main'"))
                .isEqualTo(successes);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 10, 20})
    void everyVersionIncrementIsAnotherVersion(int count, DataSource shop) throws Exception {
        String increment = "UPDATE version SET minor = minor + 1, patch = 0 WHERE branch = 'main' RETURNING minor";
        Outcomes<Long> versions = of(count, shop).call(worker -> number(worker.resource(), increment));

        assertThat(versions.values())
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, count).boxed().toList());
    }

    @ParameterizedTest
    @CsvSource({"major, 9.0.0", "minor, 1.8.0", "patch, 1.0.8"})
    void explicitIncrementsOfOneKindAddUp(String kind, String last, DataSource shop) throws Exception {
        of(8, shop)
                .run(worker -> run(
                        worker.resource(),
                        "UPDATE version SET major = major + (?='major')::int, minor = minor + (?='minor')::int,"
                                + " patch = patch + (?='patch')::int WHERE branch = 'main'",
                        kind,
                        kind,
                        kind));

        assertThat(texts(shop, "SELECT concat_ws('.', major, minor, patch) FROM version WHERE branch = 'main'"))
                .containsExactly(last);
    }

    @ChaosTest
    void readersNeverSeeHalfAnIncrement(DataSource shop) throws Exception {
        run(shop, "UPDATE version SET major = 0, minor = 0, patch = 0");

        of(15, shop).run(worker -> {
            for (int i = 0; i < 10; i++) {
                if (worker.index() < 5) {
                    run(worker.resource(), "UPDATE version SET major = major + 1, minor = minor + 1");
                } else {
                    assertThat(number(worker.resource(), "SELECT count(*) FROM version WHERE major <> minor"))
                            .isZero();
                }
            }
        });

        assertThat(number(shop, "SELECT sum(minor) FROM version")).isEqualTo(3 * 50);
    }

    @ChaosTest
    void noReaderSeesAVersionGoBack(DataSource shop) throws Exception {
        of(25, shop).run(worker -> {
            long before = 0;
            for (int i = 0; i < 3; i++) {
                run(worker.resource(), "UPDATE version SET patch = patch + 1 WHERE branch = 'main'");
                long now = number(worker.resource(), "SELECT patch FROM version WHERE branch = 'main'");
                assertThat(now).isGreaterThan(before);
                before = now;
            }
        });

        assertThat(number(shop, "SELECT patch FROM version WHERE branch = 'main'"))
                .isEqualTo(75);
    }

    @ChaosTest
    void aVersionIsUnchangedByAnIncrementThatFails(DataSource shop) throws SQLException {
        assertThatThrownBy(() -> inTransaction(shop, transaction -> {
                    run(transaction, "UPDATE version SET major = major + 1");
                    run(transaction, "ALTER TABLE entry ADD COLUMN note text");
                    run(transaction, "SELECT 1 / 0");
                }))
                .satisfies(failure -> assertThat(Sql.state(() -> {
                            throw failure;
                        }))
                        .isEqualTo("22012"));

        assertThat(texts(shop, "SELECT DISTINCT major FROM version")).containsExactly("1");
    }

    @ChaosTest(rounds = 3)
    void aMixedWorkloadKeepsItsBooks(ChaosScope scope, DataSource shop) throws Exception {
        Outcomes<Long> inserted = of(12, shop).call(worker -> {
            Random random = new Random(scope.seed().round(worker.index()).value());
            return IntStream.range(0, 8)
                    .filter(i -> inserts(worker.resource(), random))
                    .count();
        });

        assertThat(number(shop, "SELECT count(*) FROM entry"))
                .isEqualTo(inserted.values().stream().mapToLong(Long::longValue).sum());
        assertThat(number(shop, "SELECT sum(balance) FROM account")).isEqualTo(3000);
    }

    @ChaosTest
    void workersThatMakeAndDropTablesDoNotMeet(DataSource shop) throws Exception {
        Outcomes<?> outcomes = of(10, shop).run(worker -> {
            String table = "own_" + worker.index();
            run(worker.resource(), "CREATE TABLE " + table + " AS SELECT generate_series(1, 10) AS id");
            assertThat(number(worker.resource(), "SELECT count(*) FROM " + table))
                    .isEqualTo(10);
            run(worker.resource(), "DROP TABLE " + table);
        });

        assertThat(outcomes.count(Outcome.SUCCESS)).isEqualTo(10);
        assertThat(number(shop, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"))
                .isEqualTo(4);
    }

    /** One of four kinds of operations; whether it was an insert. */
    private static boolean inserts(Connection connection, Random random) {
        try {
            switch (random.nextInt(4)) {
                case 0 -> run(connection, "UPDATE account SET balance = balance + (id - 2) * ? WHERE id <> 2", 1);
                case 1 -> run(connection, "UPDATE version SET patch = patch + 1 WHERE branch = 'main'");
                case 2 -> number(connection, "SELECT count(*) FROM entry");
                default -> {
                    run(connection, "INSERT INTO entry (branch, message) VALUES ('main', 'mixed')");
                    return true;
                }
            }
            return false;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean incremented(Connection connection) {
        try {
            Isolation.SERIALIZABLE.run(
                    connection,
                    transaction -> run(transaction, "UPDATE version SET patch = patch + 1 WHERE branch = 'main'"));
            return true;
        } catch (SQLException failure) {
            assertThat(failure.getSQLState()).isEqualTo("40001");
            return false;
        }
    }

    private static Workers<Connection> of(int count, DataSource shop) {
        return Workers.of(count).each(shop::getConnection, connection -> connection.abort(Runnable::run));
    }
}
