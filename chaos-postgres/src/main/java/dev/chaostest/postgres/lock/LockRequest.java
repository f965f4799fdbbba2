// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.lock.internal.SqlName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * Says what is to be locked, and how strongly.
 *
 * <p>A table is named as in SQL, with or without its schema: {@code account}, {@code bank.account}, {@code "Account"}. Values
 * are bound. {@link Locks} holds it in a session of its own, {@link Deadlocks} makes deadlocks out of several.
 *
 * <pre>{@code
 * LockRequest table = LockRequest.table("account", TableLockMode.SHARE);
 * LockRequest row = LockRequest.row("account", "id", 1);
 * LockRequest key = LockRequest.advisory(42);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, "Explicit Locking".
 *
 * @since 0.1
 */
public abstract sealed class LockRequest
        permits AdvisoryLock, PredicateLock, RowsLock, SchemaDefinitionLock, StatementLock, TableLock {

    /** As fetch size: rows that are not fetched yet are not locked yet, and a DataSource may fetch a few at a time by default. */
    static final int ALL = 0;

    private final String text;
    private final Reach reach;

    LockRequest(String text, Reach reach) {
        this.text = text;
        this.reach = reach;
    }

    /**
     * A whole table, or a view with the tables behind it.
     *
     * @throws dev.chaostest.plan.ChaosException if that is no name, or one of the server's own tables
     */
    public static LockRequest table(String table, TableLockMode mode) {
        return new TableLock(SqlName.ofTable(table), mode);
    }

    /** One row, FOR UPDATE; as {@link #row(String, Map, RowLockMode)}. */
    public static LockRequest row(String table, String column, Object value) {
        return row(table, column, value, RowLockMode.UPDATE);
    }

    /** One row, by one column; as {@link #row(String, Map, RowLockMode)}. */
    public static LockRequest row(String table, String column, Object value, RowLockMode mode) {
        return row(table, Map.of(column, value), mode);
    }

    /**
     * The rows that have these values; there must be one at least.
     *
     * @param key values by column; not empty
     * @throws dev.chaostest.plan.ChaosException if a name is none
     */
    public static LockRequest row(String table, Map<String, ?> key, RowLockMode mode) {
        return new RowsLock(SqlName.ofTable(table), RowsLock.columns(key), mode);
    }

    /** An advisory lock: exclusive, until the end of the transaction. */
    public static AdvisoryLock advisory(long key) {
        return AdvisoryLock.of(key);
    }

    /** An advisory lock whose key has two parts; no key of one part is the same. */
    public static AdvisoryLock advisory(int first, int second) {
        return AdvisoryLock.of(first, second);
    }

    /**
     * What a SERIALIZABLE transaction has read. Nobody waits for it. Another SERIALIZABLE transaction that writes there depends on
     * it, and fails with 40001 where such dependencies would make a circle.
     *
     * @param query a SELECT on a table
     */
    public static LockRequest predicate(String query) {
        return new PredicateLock(query);
    }

    /**
     * The definition of each table, view, materialized view, sequence and foreign table that a schema has now: ALTER, DROP, CREATE
     * INDEX, CREATE TRIGGER, ANALYZE and VACUUM wait, reading and writing rows goes on. New ones can still be created. The role
     * must own them; plain tables it must only be allowed to write.
     *
     * @throws dev.chaostest.plan.ChaosException if that is no name
     */
    public static LockRequest definitionsOf(String schema) {
        return new SchemaDefinitionLock(schema);
    }

    /** What a statement locks, in a transaction that is rolled back in the end: {@code UPDATE account SET balance = 0}. */
    public static LockRequest statement(String sql) {
        return new StatementLock(sql);
    }

    /** Who may feel it. */
    public Reach reach() {
        return reach;
    }

    /** Whether others wait for it. */
    boolean isWaitedFor() {
        return true;
    }

    /** Whether the end of its transaction, however it comes about, lets go of it. */
    boolean endsWithTransaction() {
        return true;
    }

    /** What makes the isolation level, before the first statement; empty for the default. */
    String transactionMode() {
        return "";
    }

    /** Takes it, in a transaction. */
    abstract void take(Connection connection) throws SQLException;

    /** Looks whether it is held, from the session itself; empty if it is. */
    List<String> missing(Connection connection) throws SQLException {
        return List.of();
    }

    /** Lets go of it. */
    void release(Connection connection) throws SQLException {
        connection.rollback();
    }

    @Override
    public String toString() {
        return text;
    }
}
