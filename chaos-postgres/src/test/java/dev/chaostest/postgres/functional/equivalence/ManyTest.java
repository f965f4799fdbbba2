// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.postgres.functional.WireFixture;
import dev.chaostest.postgres.functional.WireTestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.postgresql.PGConnection;

/** Many at once. By itself, since it takes half of the connections that the server has. */
@Isolated
@Timeout(120)
class ManyTest {

    private static final int VIRTUAL_SINCE = 21;

    /** One unit of work whose answer nobody else's can be. */
    private static String work(DataSource source, int n) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement("SELECT ?, pg_sleep(0.001), repeat(?, 500)")) {
                select.setInt(1, n);
                select.setString(2, Integer.toString(n));
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    return row.getInt(1) + " " + row.getString(3).hashCode();
                }
            } finally {
                connection.commit();
            }
        }
    }

    private static HikariDataSource pool(Stage stage, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(stage.url());
        config.setDataSourceProperties(stage.properties());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    private static void all(Stage stage, ThreadFactory threads, int count) throws Exception {
        try (HikariDataSource pool = pool(stage, 10)) {
            List<Callable<String>> results = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                int number = n;
                results.add(stage.meanwhile(threads, () -> work(pool, number)));
            }
            for (Callable<String> result : results) {
                stage.seen().outcome("result", result);
            }
            stage.seen().saw("active", pool.getHikariPoolMXBean().getActiveConnections());
        }
    }

    @Test
    void platformThreadsThroughAPool() {
        Both.same(stage -> {
            stage.wire(Stage.Wire.VARIES); // the pool tries connections when it likes to
            all(stage, Thread::new, 60);
        });
    }

    /** On a JDK that has them; compiled for one that has not. */
    private static ThreadFactory virtualThreads() {
        assumeTrue(Runtime.version().feature() >= VIRTUAL_SINCE, "this JDK has no virtual threads");
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                    .getMethod("factory")
                    .invoke(builder);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void virtualThreadsThroughAPool() {
        ThreadFactory threads = virtualThreads();
        Both.same(stage -> {
            stage.wire(Stage.Wire.VARIES);
            all(stage, threads, 200);
        });
    }

    /** The JDK closes the socket under a virtual thread that is interrupted. */
    @Test
    void interruptOfAVirtualThread() {
        ThreadFactory threads = virtualThreads();
        Both.same(stage -> {
            Connection connection = stage.connect();
            AtomicReference<Thread> reader = new AtomicReference<>();
            Callable<Boolean> running = stage.meanwhile(threads, () -> {
                reader.set(Thread.currentThread());
                return connection.createStatement().execute("SELECT pg_sleep(20)");
            });
            stage.await(stage.pid(connection), "wait_event = 'PgSleep'");
            reader.get().interrupt();
            stage.seen().outcome("interrupted", running);
            stage.seen().saw("closed", connection.isClosed());
        });
    }

    @Test
    void hundredConnectionsOverOneSeamAtOnce() throws Exception {
        int count = Math.min(100, WireTestServer.setting("max_connections") / 2);
        List<Thread> threads = new ArrayList<>();
        List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
        CyclicBarrier together = new CyclicBarrier(count);
        try (WireFixture bank = new WireFixture();
                WireFixture.Armed armed = bank.arm()) {
            for (int n = 0; n < count; n++) {
                int number = n;
                Thread thread = new Thread(
                        () -> {
                            try (Connection connection = bank.connect()) {
                                together.await(100, TimeUnit.SECONDS);
                                for (int round = 0; round < 20; round++) {
                                    String answer = WireTestServer.read(connection, "SELECT 'of " + number + "'");
                                    if (!answer.equals("of " + number)) {
                                        wrong.add(number + " got " + answer);
                                    }
                                }
                                connection.unwrap(PGConnection.class).getNotifications();
                            } catch (Exception thrown) {
                                wrong.add(number + " got " + thrown);
                            }
                        },
                        "many-" + n);
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(40));
            }
            assertThat(wrong).isEmpty();
            assertThat(armed.hits("SELECT ?")).isEqualTo(20L * count);
            assertThat(armed.round().decisions().lanes()).isEqualTo(count);
        }
    }
}
