// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Rule;
import dev.chaostest.postgres.functional.WireFixture;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A table of accounts, a seam to it, and the truth about its transactions. */
final class TruthFixture implements AutoCloseable {

    private final WireFixture bank = new WireFixture();
    private final Direct admin = new Direct();
    private final Truth truth = Truth.of(bank.wire(), admin);

    TruthFixture() throws SQLException {}

    Truth truth() {
        return truth;
    }

    Direct admin() {
        return admin;
    }

    WireMount wire() {
        return bank.wire();
    }

    String schema() {
        return bank.schema();
    }

    Connection connect(String... settings) throws SQLException {
        return bank.connect(settings);
    }

    WireFixture.Armed arm(Rule... rules) {
        return bank.arm(rules);
    }

    int balance(int id) throws SQLException {
        return bank.balance(id);
    }

    /** What became of the only transaction in doubt. */
    TransactionOutcome only() {
        return only(truth.outcomes());
    }

    static TransactionOutcome only(List<TransactionOutcome> outcomes) {
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }

    static void assertState(ThrowingCallable action, String state) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        thrown -> assertThat(thrown.getSQLState()).isEqualTo(state));
    }

    @Override
    public void close() throws SQLException {
        truth.close();
        bank.close();
    }
}
