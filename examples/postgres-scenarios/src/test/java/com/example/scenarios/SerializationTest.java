// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.IsolationLevels;
import dev.chaostest.junit5.postgres.PoolSize;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.Isolation;
import dev.chaostest.postgres.pool.ConnectionGroup;
import dev.chaostest.work.Outcome;
import dev.chaostest.work.Outcomes;
import dev.chaostest.work.Workers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;

/** What each isolation level lets through; every interleaving is made, none is waited for. */
@PostgresTest(autoCommit = false)
@IsolatedSchema("shop.sql")
@PoolSize(2)
@Tag(ChaosTags.CONCURRENT)
class SerializationTest {

    private static final String BALANCE = "SELECT balance FROM account WHERE id = 1";
    private static final String SET = "UPDATE account SET balance = ? WHERE id = 1";
    private static final String SUM = "SELECT sum(balance) FROM account";

    @ChaosTest
    void ofTwoThatWriteWhatBothHaveReadOneSucceeds(ConnectionGroup two) throws SQLException {
        Connection first = begun(two, 0, Isolation.SERIALIZABLE);
        Connection second = begun(two, 1, Isolation.SERIALIZABLE);
        long read = number(first, BALANCE);
        assertThat(number(second, BALANCE)).isEqualTo(read);

        run(first, SET, read + 10);
        first.commit();

        assertThat(state(() -> run(second, SET, read + 20))).isEqualTo("40001");
        assertThat(number(first, BALANCE)).isEqualTo(1010);
    }

    @ChaosTest
    void aReaderAndAWriterThatDoNotCrossBothSucceed(ConnectionGroup two) throws SQLException {
        Connection reader = begun(two, 0, Isolation.SERIALIZABLE);
        Connection writer = begun(two, 1, Isolation.SERIALIZABLE);
        assertThat(number(reader, BALANCE)).isEqualTo(1000);

        run(writer, SET, 1);
        writer.commit();

        assertThat(number(reader, BALANCE)).isEqualTo(1000);
        reader.commit();
        assertThat(number(reader, BALANCE)).isEqualTo(1);
    }

    @ChaosTest
    void writeSkewEndsWithASerializationFailure(ConnectionGroup two) throws SQLException {
        Connection first = begun(two, 0, Isolation.SERIALIZABLE);
        Connection second = begun(two, 1, Isolation.SERIALIZABLE);
        assertThat(number(first, SUM)).isEqualTo(number(second, SUM));

        run(first, "UPDATE account SET balance = balance - 900 WHERE id = 1");
        run(second, "UPDATE account SET balance = balance - 900 WHERE id = 2");
        first.commit();

        assertThat(state(second::commit)).isEqualTo("40001");
    }

    @ChaosTest
    void readCommittedLosesAnUpdateAndNobodyIsTold(ConnectionGroup two) throws SQLException {
        Connection first = begun(two, 0, Isolation.READ_COMMITTED);
        Connection second = begun(two, 1, Isolation.READ_COMMITTED);
        long read = number(first, BALANCE);
        assertThat(number(second, BALANCE)).isEqualTo(read);

        run(first, SET, read + 10);
        first.commit();
        run(second, SET, read + 10);
        second.commit();

        assertThat(number(first, BALANCE)).as("two deposits of 10").isEqualTo(1010);
    }

    @ChaosTest
    void aLockedReadLosesNothing(DataSource shop) throws Exception {
        Workers.of(3).each(shop::getConnection).run(worker -> {
            Connection connection = worker.resource();
            connection.setAutoCommit(false);
            run(connection, SET, number(connection, BALANCE + " FOR UPDATE") + 10);
            connection.commit();
        });

        assertThat(number(shop, BALANCE)).isEqualTo(1030);
    }

    @ParameterizedTest
    @IsolationLevels
    void readModifyWriteOfTenLosesUpdatesOrFails(Isolation level, DataSource shop) throws Exception {
        CyclicBarrier allHaveRead = new CyclicBarrier(10);
        Outcomes<?> outcomes = Workers.of(10)
                .each(shop::getConnection)
                .classify(States.expecting("40001"))
                .run(worker -> level.run(worker.resource(), transaction -> {
                    long read = number(transaction, BALANCE);
                    await(allHaveRead);
                    run(transaction, SET, read + 1);
                }));

        long successes = level == Isolation.READ_COMMITTED ? 10 : 1;
        assertThat(outcomes.count(Outcome.SUCCESS)).isEqualTo(successes);
        assertThat(number(shop, BALANCE))
                .as("one increment, whatever was reported")
                .isEqualTo(1001);
    }

    @ParameterizedTest
    @IsolationLevels
    void onlyReadCommittedSeesPhantoms(Isolation level, ConnectionGroup two) throws SQLException {
        Connection reader = begun(two, 0, level);
        long before = number(reader, "SELECT count(*) FROM entry");

        run(two.get(1), "INSERT INTO entry (branch, message) VALUES ('main', 'phantom')");
        two.get(1).commit();

        assertThat(number(reader, "SELECT count(*) FROM entry") - before)
                .isEqualTo(level == Isolation.READ_COMMITTED ? 1 : 0);
    }

    @ChaosTest
    void ofManyWhoCommitOnWhatAllHaveReadOneSucceeds(DataSource shop) throws Exception {
        CyclicBarrier allHaveRead = new CyclicBarrier(8);
        Outcomes<?> outcomes = Workers.of(8)
                .each(shop::getConnection)
                .classify(States.expecting("40001"))
                .run(worker -> Isolation.SERIALIZABLE.run(worker.resource(), transaction -> {
                    long entries = number(transaction, "SELECT count(*) FROM entry");
                    await(allHaveRead);
                    run(transaction, "INSERT INTO entry (branch, message) VALUES ('main', ?)", "no. " + entries);
                }));

        assertThat(outcomes.count(Outcome.SUCCESS)).isPositive();
        assertThat(number(shop, "SELECT count(*) FROM entry")).isEqualTo(outcomes.count(Outcome.SUCCESS));
        assertThat(number(shop, "SELECT count(DISTINCT message) FROM entry"))
                .as("as if one after the other")
                .isEqualTo(outcomes.count(Outcome.SUCCESS));
    }

    @ChaosTest
    void ofSixWhoInsertOneKeyAndChangeOneRowOneSucceeds(DataSource shop) throws Exception {
        CyclicBarrier allHaveRead = new CyclicBarrier(6);
        Outcomes<?> outcomes = Workers.of(6)
                .each(shop::getConnection)
                .classify(States.expecting("40001", "23505"))
                .run(worker -> Isolation.SERIALIZABLE.run(worker.resource(), transaction -> {
                    long read = number(transaction, BALANCE);
                    await(allHaveRead);
                    run(transaction, "INSERT INTO account VALUES (9, 'zoe', ?)", read);
                    run(transaction, SET, read + 1);
                }));

        assertThat(outcomes.count(Outcome.SUCCESS)).isEqualTo(1);
        assertThat(number(shop, SUM)).isEqualTo(3000 + 1000 + 1);
    }

    @ChaosTest
    void aLongReaderIsNotDisturbedByThoseWhoCameLater(ConnectionGroup two) throws SQLException {
        Connection old = begun(two, 0, Isolation.REPEATABLE_READ);
        assertThat(number(old, SUM)).isEqualTo(3000);

        for (int i = 0; i < 3; i++) {
            run(two.get(1), "UPDATE account SET balance = balance + 1");
            two.get(1).commit();
        }

        assertThat(number(old, SUM)).isEqualTo(3000);
        assertThat(state(() -> run(old, "UPDATE account SET balance = 0"))).isEqualTo("40001");
    }

    private static Connection begun(ConnectionGroup group, int index, Isolation level) throws SQLException {
        level.begin(group.get(index));
        return group.get(index);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
