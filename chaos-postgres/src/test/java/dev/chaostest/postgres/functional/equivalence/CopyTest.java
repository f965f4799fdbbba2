// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;
import org.postgresql.copy.PGCopyInputStream;
import org.postgresql.copy.PGCopyOutputStream;

@Timeout(120)
class CopyTest {

    private static final String TABLE = "CREATE TABLE t (id int PRIMARY KEY, name text)";
    private static final String IN = "COPY t FROM STDIN";
    private static final String OUT = "COPY (SELECT * FROM t ORDER BY id) TO STDOUT";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inAndOut(boolean auto) {
        Both.same(stage -> {
            stage.given(TABLE);
            Connection connection = stage.connect();
            connection.setAutoCommit(auto);
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            String rows =
                    IntStream.range(0, 20_000).mapToObj(n -> n + "\trow " + n).collect(Collectors.joining("\n"));
            stage.seen().outcome("in", () -> copy.copyIn(IN, new StringReader(rows)));
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            stage.seen().outcome("out", () -> copy.copyOut(OUT, text));
            stage.seen().saw("text", text.toByteArray());
            ByteArrayOutputStream binary = new ByteArrayOutputStream();
            stage.seen().outcome("binary out", () -> copy.copyOut(OUT + " (FORMAT binary)", binary));
            stage.seen().saw("binary", binary.toByteArray());
            stage.run(connection, "TRUNCATE t");
            stage.seen()
                    .outcome(
                            "binary in",
                            () -> copy.copyIn(IN + " (FORMAT binary)", new ByteArrayInputStream(binary.toByteArray())));
            stage.run(connection, "SELECT count(*), max(name) FROM t");
            if (!auto) {
                connection.commit();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void failing(boolean auto) {
        Both.same(stage -> {
            stage.given(TABLE);
            Connection connection = stage.connect();
            connection.setAutoCommit(auto);
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            for (String rows : new String[] {"1\ta\n1\tb\n", "x\ta\n", "2\n", "3\ta\\", "4\ta\n".repeat(50_000)}) {
                stage.seen().outcome("in", () -> copy.copyIn(IN, new StringReader(rows)));
                rollBack(connection);
                stage.run(connection, "SELECT count(*) FROM t");
                rollBack(connection);
            }
            stage.seen().outcome("missing table", () -> copy.copyIn("COPY missing FROM STDIN", new StringReader("")));
            rollBack(connection);
            stage.seen().outcome("no copy", () -> copy.copyIn("SELECT 1"));
            rollBack(connection);
            stage.seen()
                    .outcome(
                            "out of a failing query",
                            () -> copy.copyOut(
                                    "COPY (SELECT 1 / (3 - n) FROM generate_series(1, 5) n) TO STDOUT",
                                    new ByteArrayOutputStream()));
            rollBack(connection);
            stage.seen().outcome("input that fails", () -> copy.copyIn(IN, new Broken()));
            rollBack(connection);
            stage.run(connection, "SELECT count(*) FROM t");
        });
    }

    private static void rollBack(Connection connection) throws java.sql.SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    private static final class Broken extends InputStream {
        private boolean begun;

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (begun) {
                throw new IOException("no more");
            }
            begun = true;
            bytes[offset] = '1';
            return 1;
        }

        @Override
        public int read() throws IOException {
            return read(new byte[1], 0, 1) > 0 ? '1' : -1;
        }
    }

    @Test
    void stepByStep() {
        Both.same(stage -> {
            stage.given(TABLE);
            Connection connection = stage.connect();
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            Observed seen = stage.seen();
            CopyIn in = copy.copyIn(IN);
            seen.saw("fields", in.getFieldCount() + " " + in.getFormat() + " " + in.isActive());
            in.writeToCopy(bytes("1\tone\n2\t"), 0, 8);
            in.flushCopy();
            in.writeToCopy(bytes("two\n"), 0, 4);
            seen.outcome("end", in::endCopy);
            seen.saw("rows", in.getHandledRowCount());
            seen.outcome("end again", in::endCopy);
            CopyIn given = copy.copyIn(IN);
            given.writeToCopy(bytes("3\tthree\n"), 0, 8);
            seen.done("cancel", given::cancelCopy);
            seen.saw("active", given.isActive());
            CopyOut out = copy.copyOut(OUT);
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                seen.saw("row", row);
            }
            seen.saw("rows out", out.getHandledRowCount());
            try (PGCopyOutputStream stream = new PGCopyOutputStream(connection.unwrap(PGConnection.class), IN)) {
                stream.write(bytes("4\tfour\n"));
            }
            try (PGCopyInputStream stream = new PGCopyInputStream(connection.unwrap(PGConnection.class), OUT)) {
                seen.saw("stream", stream.readAllBytes());
            }
        });
    }

    @Test
    void outIsLeftHalfway() {
        Both.same(stage -> {
            Connection connection = stage.connect();
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            CopyOut out = copy.copyOut("COPY (SELECT n FROM generate_series(1, 3000000) n) TO STDOUT");
            stage.seen().saw("first", out.readFromCopy());
            stage.seen().done("cancel", out::cancelCopy);
            stage.seen().saw("active", out.isActive());
            stage.run(connection, "SELECT 1");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void throughAStatement(String mode) {
        Both.same(stage -> {
            stage.given(TABLE, "INSERT INTO t VALUES (1, 'one')");
            Connection connection = stage.connect("preferQueryMode", mode);
            stage.run(connection, IN);
            stage.run(connection, "SELECT 1");
            stage.run(connection, OUT);
            stage.run(connection, "SELECT 2");
            connection.setAutoCommit(false);
            stage.run(connection, IN);
            stage.run(connection, "SELECT 1");
            connection.rollback();
            stage.run(connection, "SELECT 3");
        });
    }
}
