// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.teeth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.functional.WireFixture;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RehearsalTest {

    private WireFixture bank;
    private ChaosScope scope;
    private Rehearsal rehearsal;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
        rehearsal = Rehearsal.watch(bank.wire());
        scope = ChaosScope.open("rehearsal", Plan.of(new Seed(7)));
        scope.arm(bank.wire().mount());
    }

    @AfterEach
    void close() throws SQLException {
        scope.close();
        rehearsal.close();
        bank.close();
    }

    @Test
    void onlyWhatIsCommittedCanBeRunTwiceOrDropped() throws SQLException {
        run(false, "UPDATE account SET balance = 1", "rollback");
        run(true, "DELETE FROM account WHERE id = 1");
        run(false, "INSERT INTO account VALUES (20, 1)", "commit");
        run(false, "INSERT INTO account VALUES (21, 1)", "left open");
        for (Sabotage sabotage : List.of(Sabotage.RUN_TWICE, Sabotage.DROP_WRITE)) {
            assertThat(found(sabotage))
                    .containsExactly("DELETE FROM account WHERE id = ?, 1", "INSERT INTO account VALUES (?, ?), 1");
        }
    }

    @Test
    void commitInTheMiddleIsBetweenTwoWritesOfWhatFailsInTheEnd() throws SQLException {
        String first = "UPDATE account SET balance = 1";
        String second = "DELETE FROM account WHERE id = 1";
        run(false, first, second, "commit");
        assertThat(found(Sabotage.COMMIT_IN_THE_MIDDLE)).containsExactly("DELETE FROM account WHERE id = ?, 1");
        run(false, first, "SELECT 1", second, "rollback");
        assertThat(found(Sabotage.COMMIT_IN_THE_MIDDLE)).containsExactly("DELETE FROM account WHERE id = ?, 2");
    }

    @Test
    void onlyRollbackOfSomethingIsOne() throws SQLException {
        run(false, "SELECT 1", "rollback");
        assertThat(found(Sabotage.COMMIT_INSTEAD_OF_ROLLBACK)).isEmpty();
        run(false, "UPDATE account SET balance = 1", "rollback");
        assertThat(found(Sabotage.COMMIT_INSTEAD_OF_ROLLBACK)).containsExactly("ROLLBACK, 2");
    }

    @Test
    void onlyQueryWithRowsCanLoseOne() throws SQLException {
        run(true, "SELECT id FROM account WHERE id = 77", "SELECT balance FROM account");
        assertThat(found(Sabotage.HIDE_ROW)).containsExactly("SELECT balance FROM account, 1");
    }

    @Test
    void ofOneLineTheFirstAndTheLastCount() throws SQLException {
        String add = "UPDATE account SET balance = balance + 1";
        run(true, add, add, add, add);
        assertThat(found(Sabotage.RUN_TWICE))
                .containsExactly(
                        "UPDATE account SET balance = balance + ?, 1", "UPDATE account SET balance = balance + ?, 4");
    }

    @Test
    void statementsCanBeLeftOut() throws SQLException {
        run(true, "UPDATE account SET balance = 1", "DELETE FROM account");
        assertThat(rehearsal.on(SqlTarget.on("DELETE account")).places(Sabotage.DROP_WRITE, scope))
                .singleElement()
                .satisfies(place -> assertThat(place.toString())
                        .matches("DROP_WRITE of DELETE FROM account from WireTestServer.run:\\d+"));
        assertThat(rehearsal.without(WireTestServer.class.getName()).places(Sabotage.DROP_WRITE, scope))
                .isEmpty();
    }

    @Test
    void placeIsReachedByItsRule() throws SQLException {
        run(true, "UPDATE account SET balance = balance + 1", "UPDATE account SET balance = balance + 1");
        scope.inject(rehearsal.places(Sabotage.DROP_WRITE, scope).get(0).rule());
        run(true, "UPDATE account SET balance = balance + 1");
        assertThat(scope.fired()).hasSize(1);
        assertThat(bank.balance(1)).isEqualTo(1002);
    }

    @Test
    void mountWithAnObserverIsRefused() {
        assertThatThrownBy(() -> Rehearsal.watch(bank.wire()))
                .isInstanceOf(ChaosException.class)
                .hasMessage("At most one must observe the statements of " + bank.wire()
                        + " at a time, but one does already. Close that one first.");
    }

    private List<String> found(Sabotage sabotage) {
        return rehearsal.places(sabotage, scope).stream()
                .map(place -> place.statement().name() + ", " + place.nth())
                .toList();
    }

    private void run(boolean autoCommit, String... statements) throws SQLException {
        try (Connection connection = bank.connect()) {
            connection.setAutoCommit(autoCommit);
            for (String sql : statements) {
                switch (sql) {
                    case "commit" -> connection.commit();
                    case "rollback" -> connection.rollback();
                    case "left open" -> {}
                    default -> WireTestServer.run(connection, sql);
                }
            }
        }
    }
}
