// SPDX-License-Identifier: Apache-2.0
package com.example.bank;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;

/** Moves money, without JDBC; tries again where the server asks for it. */
public final class Bank {

    private static final int ATTEMPTS_MAX = 3;
    private static final String SERIALIZATION_FAILURE = "40001";

    private final Pool pool;

    public Bank(Pool pool) {
        this.pool = pool;
    }

    public Future<Void> transfer(int from, int to, int amount) {
        return attempt(from, to, amount, 1);
    }

    private Future<Void> attempt(int from, int to, int amount, int number) {
        return pool.withTransaction(connection ->
                        add(connection, from, -amount).compose(done -> add(connection, to, amount)))
                .recover(failure -> number < ATTEMPTS_MAX && isWorthAnother(failure)
                        ? attempt(from, to, amount, number + 1)
                        : Future.failedFuture(failure));
    }

    private static Future<Void> add(SqlConnection connection, int account, int amount) {
        return connection
                .preparedQuery("UPDATE account SET balance = balance + $1 WHERE id = $2")
                .execute(Tuple.of(amount, account))
                .mapEmpty();
    }

    private static boolean isWorthAnother(Throwable failure) {
        return failure instanceof PgException error && SERIALIZATION_FAILURE.equals(error.getSqlState());
    }

    public Future<Integer> balance(int account) {
        return pool.preparedQuery("SELECT balance FROM account WHERE id = $1")
                .execute(Tuple.of(account))
                .map(rows -> rows.iterator().next().getInteger(0));
    }
}
