// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

@Timeout(120)
class LargeObjectsTest {

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int n = 0; n < length; n++) {
            bytes[n] = (byte) (n * 31);
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void theApi(String mode) {
        Both.same(stage -> {
            Connection connection = stage.connect("preferQueryMode", mode);
            Observed seen = stage.seen();
            LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            seen.outcome("in autocommit", () -> objects.open(1L));
            connection.setAutoCommit(false);
            long id = objects.createLO();
            seen.hide(id, "oid");
            try (LargeObject object = objects.open(id)) {
                object.write(pattern(200_000));
                seen.saw("tell", object.tell64());
                object.seek(1000);
                seen.saw("read", object.read(70_000));
                object.seek64(-10, LargeObject.SEEK_END);
                seen.saw("the rest", object.read(100));
                object.truncate(500);
                seen.saw("size", object.size64());
                object.seek(490);
                object.write(pattern(20), 5, 10);
                object.seek64(3L * 1024 * 1024 * 1024, LargeObject.SEEK_SET);
                seen.saw("far", object.tell64());
                seen.saw("nothing there", object.read(5));
            }
            seen.done("write where reading", () -> {
                try (LargeObject object = objects.open(id, LargeObjectManager.READ)) {
                    object.write(pattern(5));
                }
            });
            connection.rollback();
            seen.outcome("rolled back", () -> objects.open(id));
            connection.rollback();
            seen.done("delete nothing", () -> objects.delete(4_000_000_000L));
            connection.rollback();
        });
    }

    @Test
    void streams() {
        Both.same(stage -> {
            Connection connection = stage.connect();
            connection.setAutoCommit(false);
            LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            long id = objects.createLO();
            stage.seen().hide(id, "oid");
            try (LargeObject object = objects.open(id);
                    OutputStream out = object.getOutputStream()) {
                for (int n = 0; n < 50; n++) {
                    out.write(pattern(3_000));
                }
                out.flush();
            }
            try (LargeObject object = objects.open(id);
                    InputStream in = object.getInputStream()) {
                stage.seen().saw("all", in.readAllBytes());
            }
            objects.delete(id);
            connection.commit();
        });
    }

    @Test
    void blobs() {
        Both.same(stage -> {
            stage.given("CREATE TABLE b (id int, data oid)");
            Connection connection = stage.connect();
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO b VALUES (?, ?)")) {
                insert.setInt(1, 1);
                insert.setBlob(2, new ByteArrayInputStream(pattern(100_000)), 100_000);
                stage.seen().saw("inserted", insert.executeUpdate());
            }
            try (PreparedStatement select = connection.prepareStatement("SELECT data FROM b WHERE id = 1 FOR UPDATE");
                    ResultSet row = select.executeQuery()) {
                row.next();
                stage.seen().hide(row.getLong(1), "oid");
                use(stage.seen(), row.getBlob(1));
            }
            stage.run(connection, "SELECT lo_unlink(data) FROM b");
            connection.commit();
        });
    }

    private static void use(Observed seen, Blob blob) throws SQLException {
        seen.saw("length", blob.length());
        seen.saw("bytes", blob.getBytes(99_990, 20));
        seen.saw("found at", blob.position(Arrays.copyOf(pattern(300), 300), 1));
        seen.saw("set", blob.setBytes(10, pattern(10)));
        blob.truncate(50);
        seen.saw("truncated", blob.getBytes(1, 100));
        seen.outcome("before the begin", () -> blob.getBytes(0, 1));
        blob.free();
        seen.outcome("freed", blob::length);
    }
}
