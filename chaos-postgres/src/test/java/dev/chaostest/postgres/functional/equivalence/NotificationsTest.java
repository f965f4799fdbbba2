// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

@Timeout(120)
class NotificationsTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** Reads so many, however many reads it takes. */
    private static void expect(Stage stage, PGConnection listener, int count) throws SQLException {
        for (int seen = 0; seen < count; ) {
            PGNotification[] some = listener.getNotifications(10_000);
            if (some == null || some.length == 0) {
                stage.seen().saw("missing", count - seen);
                return;
            }
            for (PGNotification each : some) {
                seen++;
                stage.seen()
                        .saw("notified", each.getName() + " " + each.getPID() + " " + Print.value(each.getParameter()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void fromAnotherSessionAndFromItself(String mode) {
        Both.same(stage -> {
            String channel = stage.schema() + "_one"; // channels are the database's
            Connection connection = stage.connect("preferQueryMode", mode);
            Connection other = stage.other();
            stage.pid(connection);
            stage.pid(other);
            PGConnection listener = connection.unwrap(PGConnection.class);
            stage.run(connection, "LISTEN " + channel);
            stage.run(connection, "LISTEN \"" + stage.schema() + " Two\"");
            stage.seen().outcome("nothing yet", listener::getNotifications);
            other.createStatement().execute("NOTIFY " + channel + ", 'hello'");
            expect(stage, listener, 1);
            other.createStatement()
                    .execute("SELECT pg_notify('" + stage.schema() + " Two', n || repeat('x', 7000))"
                            + " FROM generate_series(1, 20) n");
            expect(stage, listener, 20);
            stage.run(connection, "NOTIFY " + channel);
            expect(stage, listener, 1);
            connection.setAutoCommit(false);
            stage.run(connection, "NOTIFY " + channel + ", 'at commit'");
            stage.seen().outcome("before the commit", listener::getNotifications);
            connection.commit();
            expect(stage, listener, 1);
            connection.setAutoCommit(true);
            stage.run(connection, "UNLISTEN *");
            other.createStatement().execute("NOTIFY " + channel + ", 'nobody listens'");
            stage.run(connection, "SELECT 1");
            stage.seen().outcome("none", () -> listener.getNotifications(30));
        });
    }

    @Test
    void pollingWaitsAsLongAsItSays() {
        Both.same(stage -> {
            String channel = stage.schema() + "_one";
            Connection connection = stage.connect();
            Connection other = stage.other();
            stage.pid(other);
            PGConnection listener = connection.unwrap(PGConnection.class);
            stage.run(connection, "LISTEN " + channel);
            stage.seen()
                    .takes(
                            "empty",
                            Duration.ofMillis(120),
                            SOON,
                            () -> stage.seen().saw("poll", listener.getNotifications(120)));
            stage.seen()
                    .takes(
                            "at once",
                            Duration.ZERO,
                            SOON,
                            () -> stage.seen().saw("poll", listener.getNotifications(-1)));
            stage.seen().saw("network time-out", connection.getNetworkTimeout());
            Callable<Integer> later = stage.meanwhile(() -> {
                other.createStatement().execute("SELECT pg_sleep(0.1)");
                return other.createStatement().executeUpdate("NOTIFY " + channel + ", 'late'");
            });
            stage.seen()
                    .takes(
                            "for ever",
                            Duration.ZERO,
                            SOON,
                            () -> stage.seen().saw("poll", listener.getNotifications(0)[0].getParameter()));
            stage.seen().outcome("sent", later);
            stage.run(connection, "SELECT 1");
        });
    }
}
