// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.ChaosDelay;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.IsolationLevels;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.Isolation;
import dev.chaostest.work.Outcome;
import dev.chaostest.work.Outcomes;
import dev.chaostest.work.Workers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many writers at once: each gets what is its own, and nothing is lost. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.CONCURRENT)
class ConcurrentWritesTest {

    private static final String INSERT =
            "INSERT INTO entry (branch, worker, message) VALUES ('main', ?, 'commit') RETURNING id";

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 10, 20})
    void writersOfOneBranchGetIdsOfTheirOwn(int count, DataSource shop) throws InterruptedException, SQLException {
        Outcomes<Long> ids = workers(count, shop).call(worker -> number(worker.resource(), INSERT, worker.index()));

        assertThat(ids.values()).hasSize(count).doesNotHaveDuplicates();
        assertThat(number(shop, "SELECT count(*) FROM entry")).isEqualTo(count);
    }

    @ChaosTest
    @ChaosDelay(max = "20ms")
    void writersThatAreDelayedAtRandomGetIdsOfTheirOwn(DataSource shop) throws InterruptedException {
        Outcomes<Long> ids = workers(15, shop).call(worker -> number(worker.resource(), INSERT, worker.index()));

        assertThat(ids.values()).hasSize(15).doesNotHaveDuplicates();
    }

    @ChaosTest(rounds = 10)
    void anyNumberOfWritersOfAnyBranchGetIdsOfTheirOwn(ChaosScope scope, DataSource shop) throws Exception {
        Random random = new Random(scope.seed().value());
        int count = 2 + random.nextInt(14);
        String branch = "feature/" + Integer.toString(random.nextInt(), 36) + "\"; DROP TABLE entry --";
        run(shop, "INSERT INTO branch VALUES (?)", branch);

        Outcomes<Long> ids = workers(count, shop)
                .call(worker -> number(
                        worker.resource(),
                        "INSERT INTO entry (branch, message) VALUES (?, 'commit') RETURNING id",
                        branch));

        assertThat(ids.values()).hasSize(count).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @IsolationLevels
    void writersOfEveryIsolationLevelGetIdsOfTheirOwn(Isolation level, DataSource shop) throws InterruptedException {
        Outcomes<Long> ids = workers(5, shop)
                .call(worker -> level.call(worker.resource(), transaction -> {
                    assertThat(Isolation.of(transaction)).isEqualTo(level);
                    return number(transaction, INSERT, worker.index());
                }));

        assertThat(ids.values()).hasSize(5).doesNotHaveDuplicates();
    }

    @ChaosTest
    void asynchronousWritersShareAPool(HikariDataSource shop) {
        List<CompletableFuture<Long>> ids = IntStream.range(0, 10)
                .mapToObj(index -> CompletableFuture.supplyAsync(() -> insert(shop, index)))
                .toList();

        assertThat(ids.stream().map(CompletableFuture::join)).hasSize(10).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 10, 20})
    void branchesOfDifferentNamesAreAllMade(int count, DataSource shop) throws InterruptedException, SQLException {
        workers(count, shop)
                .run(worker -> run(worker.resource(), "INSERT INTO branch VALUES (?)", "branch-" + worker.index()));

        assertThat(number(shop, "SELECT count(*) FROM branch WHERE name LIKE 'branch-%'"))
                .isEqualTo(count);
    }

    @ChaosTest
    void aBranchOfOneNameIsMadeOnce(DataSource shop) throws InterruptedException {
        Outcomes<?> outcomes = workers(5, shop)
                .classify(States.expecting("23505"))
                .run(worker -> run(worker.resource(), "INSERT INTO branch VALUES ('same')"));

        assertThat(outcomes.labels()).containsOnly(Map.entry(Outcome.SUCCESS, 1L), Map.entry("23505", 4L));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 6, 9})
    void mixedOperationsOfEachWorkerAreAllThere(int count, DataSource shop) throws InterruptedException, SQLException {
        workers(count, shop).run(worker -> {
            run(worker.resource(), "INSERT INTO branch VALUES (?)", "mixed-" + worker.index());
            run(worker.resource(), INSERT, worker.index());
            run(worker.resource(), INSERT, worker.index());
        });

        assertThat(number(shop, "SELECT count(*) FROM branch WHERE name LIKE 'mixed-%'"))
                .isEqualTo(count);
        assertThat(number(shop, "SELECT count(DISTINCT id) FROM entry")).isEqualTo(2L * count);
    }

    @ChaosTest
    void workersReadBackTheirOwnRowsOnly(DataSource shop) throws InterruptedException {
        Outcomes<List<String>> read = workers(6, shop).call(worker -> {
            run(worker.resource(), "CREATE TEMPORARY TABLE own AS SELECT ?::integer AS worker", worker.index());
            return texts(worker.resource(), "SELECT worker FROM own");
        });

        assertThat(read.values())
                .containsExactlyElementsOf(IntStream.range(0, 6)
                        .mapToObj(index -> List.of("" + index))
                        .toList());
    }

    private static Workers<Connection> workers(int count, DataSource shop) {
        return Workers.of(count).each(shop::getConnection, connection -> connection.abort(Runnable::run));
    }

    private static long insert(DataSource shop, int worker) {
        try {
            return number(shop, INSERT, worker);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
