// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.time.TimeSource;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** Rounds come and go in the middle of a statement, and answers arrive in pieces of any size. */
@Timeout(120)
class StateChangesTest {

    /** Armed and disarmed all the time, by another thread. */
    private static final class Flickering implements Way {
        @Override
        public String name() {
            return "FLICKERING";
        }

        @Override
        public Passage open() {
            WireMount wire = WireMount.twinOf("equivalence");
            AtomicBoolean over = new AtomicBoolean();
            Thread switching = new Thread(
                    () -> {
                        while (!over.get()) {
                            Round round = new Round("flickering", Plan.of(new Seed(7)), TimeSource.system());
                            try (var armed = wire.mount().arm(round)) {
                                LockSupport.parkNanos(20_000);
                            }
                            LockSupport.parkNanos(20_000);
                        }
                    },
                    "flickering");
            switching.setDaemon(true);
            switching.start();
            return new Seam.Open(wire.properties(), Optional.empty(), () -> {
                over.set(true);
                wire.close();
            });
        }
    }

    private static final Way[] WAYS = {Seam.IDLE, Seam.ARMED_FOR_OTHERS, new Flickering()};

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64 * 1024})
    void everythingInPieces(int pieces) {
        Both.same(pieces, StateChangesTest::play, WAYS);
    }

    private static void play(Stage stage) throws Exception {
        stage.given("CREATE TABLE t (id int PRIMARY KEY, name text)");
        Connection connection = stage.connect("prepareThreshold", "2");
        for (int round = 0; round < 5; round++) {
            rows(stage, connection, round);
        }
        connection.setAutoCommit(false);
        LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
        long id = objects.createLO();
        stage.seen().hide(id, "oid");
        try (LargeObject object = objects.open(id)) {
            object.write("some bytes".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            object.seek(0);
            stage.seen().saw("read", object.read(20));
        }
        connection.rollback();
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        stage.seen().outcome("in", () -> copy.copyIn("COPY t FROM STDIN", new StringReader("900\ta\n901\tb\n")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        stage.seen().outcome("out", () -> copy.copyOut("COPY (SELECT * FROM t ORDER BY id) TO STDOUT", out));
        stage.seen().saw("out", out.toByteArray());
        connection.commit();
    }

    private static void rows(Stage stage, Connection connection, int round) throws Exception {
        connection.setAutoCommit(round % 2 == 0);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
            for (int n = 0; n < 40; n++) {
                insert.setInt(1, round * 100 + n);
                insert.setString(2, "E".repeat(n));
                insert.addBatch();
            }
            stage.seen().outcome("batch", insert::executeBatch);
            insert.setInt(1, round * 100);
            insert.setString(2, "again");
            stage.seen().outcome("fails", insert::executeUpdate);
        }
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT * FROM t ORDER BY id")) {
            select.setFetchSize(9);
            try (ResultSet rows = select.executeQuery()) {
                stage.seen().rows("rows", rows);
            }
        }
        stage.run(connection, "DO $$BEGIN RAISE NOTICE 'noticed'; END$$");
        stage.run(connection, "SELECT 1; SELECT repeat('Z', 3000); SELECT 3");
    }
}
