// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a client does on a mount, and how it ends. */
final class ClientCalls {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private ClientCalls() {}

    /** Begins a call on a thread of its own; comes back when a fault has struck it. */
    static <T> FutureTask<T> parked(ChaosScope scope, Callable<T> action) throws InterruptedException {
        FutureTask<T> call = new FutureTask<>(action);
        try (Watch fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            Thread caller = new Thread(call, "caller");
            caller.setDaemon(true);
            caller.start();
            fired.await(PATIENCE);
        }
        return call;
    }

    static void assertEnds(String state, FutureTask<?> call) {
        assertThatThrownBy(() -> call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }

    static void assertState(String state, ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> assertThat(e.getSQLState()).as(String.valueOf(e)).isEqualTo(state));
    }
}
