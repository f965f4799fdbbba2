// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.ChaosExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A test class with a real PostgreSQL.
 *
 * <p>Where it comes from, the first that is there: what {@link #from} hands over; {@code chaos.jdbc.url} or
 * {@code CHAOS_JDBC_URL}; libpq's {@code PGHOST}, {@code PGPORT}, {@code PGDATABASE}; an installed one that
 * {@code chaos.postgres.home} names; else one that is started from the binaries on the class path, one for the whole
 * run.
 *
 * <p>Test methods get by type: a {@code DataSource} (not pooled), a {@code HikariDataSource} (a pool), a
 * {@code Connection}, a {@code ConnectionGroup}, {@code Workers<Connection>}, a {@code TestSchema}, a
 * {@code TestDatabase}, the {@code Postgres}, the {@code PostgresServer} and its {@code ServerFaults}, {@code Locks},
 * {@code Deadlocks}, {@code SchemaSnapshots}, {@code Writes} and {@code Integrity} of its own schema, the {@code Truth} about its
 * transactions, the {@code Sweep} of a {@code @ChaosSweep}, the {@code ChaosScope}.
 * All of one round are the same but for {@code Connection}, which is a new one each time. A parameter with somebody
 * else's annotation is left to them.
 *
 * <p>Defaults: a time-out of 300 s a test where neither {@code @Timeout} nor JUnit's configuration sets one, and a
 * {@code statement_timeout} a little below it; a handed-over DataSource that is mounted already keeps its own. A connection
 * that a test leaves open, or does not give back to a pool of ours, is closed, and makes the test red; so does what its sessions
 * leave on the server: a transaction, an advisory lock, a prepared transaction, a backend that runs on, a temporary table in a
 * pool (see {@link dev.chaostest.postgres.monitor.ResidueCheck}). What it leaves in a {@code Connection} parameter is rolled
 * back and no residue. Chaos on a server that is not on this machine is refused unless {@code chaos.allowed-hosts} lists it.
 *
 * <pre>{@code
 * @PostgresTest
 * class TransferTest {
 *     @ChaosTest
 *     @IsolatedSchema("bank.sql")
 *     @ChaosFailure(sqlState = "40001", on = "UPDATE account")
 *     void transferIsRetried(DataSource bank) { ... }
 * }
 * }</pre>
 *
 * @since 0.1
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ResourceLock(providers = {SharedDataSourceLock.class, SharedDatabaseLock.class})
@ExtendWith({ChaosExtension.class, PostgresExtension.class})
public @interface PostgresTest {

    /**
     * The JUnit lock that each test in the shared database holds together with the others. A test that does something to the
     * whole database by hand takes it alone: {@code @ResourceLock(PostgresTest.SHARED_DATABASE)}, on the method.
     */
    String SHARED_DATABASE = "dev.chaostest: the database that tests share";

    /**
     * The name of a static field, or of a static method without parameters, of the test class: a {@code DataSource}, a
     * JDBC URL, or anything with {@code getJdbcUrl()}, {@code getUsername()} and {@code getPassword()}, as a
     * Testcontainers container has. Who makes it closes it. Tests with a handed-over {@code DataSource} run one after the
     * other. Default: none.
     */
    String from() default "";

    /** Whether a {@code Connection} parameter commits each statement; if not, it is rolled back after the test. */
    boolean autoCommit() default true;
}
