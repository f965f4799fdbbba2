// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.work.Outcome;
import dev.chaostest.work.Outcomes;
import dev.chaostest.work.Workers;
import java.sql.SQLException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Much of everything: rows, columns, text, connections, statements. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.LOAD)
class LoadTest {

    private static final String INSERT = "INSERT INTO entry (branch, message) VALUES ('main', ?) RETURNING id";

    @ParameterizedTest
    @ValueSource(ints = {50, 100, 1600})
    void aTableTakesManyColumns(int count, DataSource shop) throws SQLException {
        run(
                shop,
                IntStream.range(0, count)
                        .mapToObj(i -> "c" + i + " int")
                        .collect(Collectors.joining(", ", "CREATE TABLE wide (", ")")));
        run(shop, "INSERT INTO wide (c0) VALUES (7)");

        assertThat(number(shop, "SELECT c0 FROM wide")).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 100_000, 1_000_000})
    void aLongTextComesBackWhole(int length, DataSource shop) throws SQLException {
        long id = number(shop, INSERT, "x".repeat(length));

        assertThat(number(shop, "SELECT length(message) FROM entry WHERE id = ?", id))
                .isEqualTo(length);
    }

    @ChaosTest
    void aThousandIdsAreAThousand(DataSource shop) throws Exception {
        Workers.of(10).each(shop::getConnection).run(worker -> {
            for (int i = 0; i < 100; i++) {
                number(worker.resource(), INSERT, "at scale");
            }
        });

        assertThat(number(shop, "SELECT count(DISTINCT id) FROM entry")).isEqualTo(1_000);
    }

    @ChaosTest
    void tenThousandRowsAreInsertedAndReadBack(DataSource shop) throws SQLException {
        run(shop, "INSERT INTO entry (branch, message) SELECT 'main', 'row ' || n FROM generate_series(1, 10000) n");

        assertThat(number(shop, "SELECT count(*) FROM entry WHERE message = 'row ' || id"))
                .isEqualTo(10_000);
    }

    @ChaosTest
    void aHundredConnectionsEachGetAnIdOfTheirOwn(DataSource shop) throws Exception {
        Outcomes<Long> ids = Workers.of(100)
                .each(shop::getConnection)
                .call(worker -> number(worker.resource(), INSERT, "connection " + worker.index()));

        assertThat(ids.values()).hasSize(100).doesNotHaveDuplicates();
    }

    @ChaosTest
    void fiveHundredRapidCommitsOfAPoolAreAllThere(HikariDataSource shop) throws Exception {
        Outcomes<?> outcomes = Workers.of(20).run(worker -> {
            for (int i = 0; i < 25; i++) {
                run(shop, INSERT, "rapid");
            }
        });

        assertThat(outcomes.count(Outcome.SUCCESS)).isEqualTo(20);
        assertThat(number(shop, "SELECT count(*) FROM entry")).isEqualTo(500);
    }
}
