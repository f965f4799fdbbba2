// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Cancels what another thread does; a cancel that comes before the server has begun does nothing, so it is repeated. */
final class BackgroundCancel {

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private BackgroundCancel() {}

    static void untilOver(Statement statement, FutureTask<?> call) throws SQLException, InterruptedException {
        long begin = System.nanoTime();
        while (!call.isDone() && System.nanoTime() - begin < DEADLINE_NANOS) {
            statement.cancel();
            try {
                call.get(20, TimeUnit.MILLISECONDS);
            } catch (TimeoutException again) {
                continue;
            } catch (ExecutionException failed) {
                return;
            }
        }
    }
}
