// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.BatchUpdateException;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/** Writes down what the driver gave, with everything that a caller can ask of it. */
final class Print {

    private static final int SHORT = 200;
    private static final int LONG = 20_000;

    private Print() {}

    static String value(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return bytes(bytes);
        }
        if (value instanceof Object[] array) {
            return Arrays.stream(array).map(Print::value).toList().toString();
        }
        if (value instanceof int[] numbers) {
            return Arrays.toString(numbers);
        }
        if (value instanceof long[] numbers) {
            return Arrays.toString(numbers);
        }
        String text = String.valueOf(value);
        return text.length() <= LONG
                ? text
                : text.substring(0, SHORT) + "... " + text.length() + " characters, #" + text.hashCode();
    }

    static String bytes(byte[] bytes) {
        if (bytes.length <= SHORT) {
            return HexFormat.of().formatHex(bytes);
        }
        CRC32 sum = new CRC32();
        sum.update(bytes);
        return bytes.length + " bytes, #" + Long.toHexString(sum.getValue());
    }

    static List<String> rows(String what, ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        List<String> lines = new ArrayList<>();
        for (int n = 1; n <= columns.getColumnCount(); n++) {
            lines.add(what + ", column " + n + ": " + column(columns, n));
        }
        int count = 0;
        while (rows.next()) {
            StringBuilder row = new StringBuilder(what + ", row " + ++count + ":");
            for (int n = 1; n <= columns.getColumnCount(); n++) {
                row.append(" | ").append(cell(rows, n));
            }
            lines.add(row.toString());
        }
        lines.add(what + ": " + count + " rows");
        return lines;
    }

    private static String column(ResultSetMetaData columns, int n) throws SQLException {
        return columns.getColumnLabel(n) + " " + columns.getColumnTypeName(n) + " " + columns.getColumnType(n) + " "
                + columns.getColumnClassName(n) + " (" + columns.getPrecision(n) + ", " + columns.getScale(n) + ", "
                + columns.getColumnDisplaySize(n) + ") signed=" + columns.isSigned(n) + " case="
                + columns.isCaseSensitive(n);
    }

    static String cell(ResultSet rows, int n) throws SQLException {
        boolean binary = rows.getMetaData().getColumnType(n) == Types.BINARY;
        String text = value(binary ? rows.getBytes(n) : rows.getString(n));
        return rows.wasNull() ? "NULL" : text;
    }

    static List<String> thrown(String what, Throwable thrown) {
        List<String> lines = new ArrayList<>();
        add(lines, what, thrown, 0);
        return lines;
    }

    private static void add(List<String> lines, String what, Throwable thrown, int depth) {
        lines.add(what + ": " + thrown.getClass().getName() + " " + state(thrown) + value(thrown.getMessage()));
        server(thrown).ifPresent(fields -> lines.add(what + ", from the server: " + fields));
        if (thrown instanceof BatchUpdateException batch) {
            lines.add(what + ", counts: " + Arrays.toString(batch.getLargeUpdateCounts()));
        }
        if (depth == 10) {
            return;
        }
        if (thrown.getCause() != null) {
            add(lines, what + ", cause", thrown.getCause(), depth + 1);
        }
        if (thrown instanceof SQLException sql && !(thrown instanceof PSQLWarning) && sql.getNextException() != null) {
            add(lines, what + ", next", sql.getNextException(), depth + 1);
        }
        for (Throwable suppressed : thrown.getSuppressed()) {
            add(lines, what + ", suppressed", suppressed, depth + 1);
        }
    }

    private static String state(Throwable thrown) {
        return thrown instanceof SQLException sql ? sql.getSQLState() + "/" + sql.getErrorCode() + " " : "";
    }

    private static java.util.Optional<String> server(Throwable thrown) {
        ServerErrorMessage message = thrown instanceof PSQLException exception
                ? exception.getServerErrorMessage()
                : thrown instanceof PSQLWarning warning ? warning.getServerErrorMessage() : null;
        return java.util.Optional.ofNullable(message)
                .map(m -> String.join(
                        "; ",
                        "severity=" + m.getSeverity(),
                        "state=" + m.getSQLState(),
                        "detail=" + value(m.getDetail()),
                        "hint=" + m.getHint(),
                        "position=" + m.getPosition(),
                        "where=" + m.getWhere(),
                        "schema=" + m.getSchema(),
                        "table=" + m.getTable(),
                        "column=" + m.getColumn(),
                        "datatype=" + m.getDatatype(),
                        "constraint=" + m.getConstraint(),
                        "source=" + m.getFile() + ":" + m.getLine() + " " + m.getRoutine(),
                        "internal=" + m.getInternalQuery() + " at " + m.getInternalPosition()));
    }
}
