// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.core.BaseConnection;
import org.postgresql.fastpath.Fastpath;
import org.postgresql.fastpath.FastpathArg;

@Timeout(120)
class ConnectionTest {

    private static final int INT4PL = 177;

    @Test
    void unwrappingAndTheDriversOwnMethods() {
        Both.same(stage -> {
            Connection connection = stage.connect();
            Observed seen = stage.seen();
            seen.saw("class", connection.getClass());
            seen.saw("wraps", connection.isWrapperFor(PGConnection.class));
            seen.saw("wraps no", connection.isWrapperFor(Statement.class));
            seen.outcome("unwrap no", () -> connection.unwrap(Statement.class));
            PGConnection own = connection.unwrap(PGConnection.class);
            seen.saw("same", connection == own);
            stage.pid(connection);
            seen.saw("pid", own.getBackendPID());
            seen.saw("literal", own.escapeLiteral("it's \\ "));
            seen.saw("identifier", own.escapeIdentifier("a \"b\""));
            stage.run(connection, "SET TimeZone = 'Asia/Tokyo'; SET application_name = 'another'");
            seen.saw("statuses", new TreeMap<>(own.getParameterStatuses()));
            seen.saw("status", own.getParameterStatus("application_name"));
            seen.saw("mode", own.getPreferQueryMode() + " " + own.getAutosave() + " " + own.getPrepareThreshold());
            seen.saw("fastpath", fastpath(own));
            try (PreparedStatement prepared = connection.prepareStatement("SELECT 1")) {
                PGStatement unwrapped = prepared.unwrap(PGStatement.class);
                unwrapped.setPrepareThreshold(1);
                prepared.executeQuery().close();
                seen.saw("server side", unwrapped.isUseServerPrepare());
            }
            seen.saw("escaped", connection.nativeSQL("{fn concat('a', 'b')} {d '2024-01-01'}"));
            seen.saw("array", connection.createArrayOf("text", new Object[] {"a", null}));
            seen.outcome("struct", () -> connection.createStruct("x", new Object[0]));
        });
    }

    /** Function calls have messages of their own. */
    private static int fastpath(PGConnection own) throws SQLException {
        Fastpath calls = own.getFastpathAPI();
        calls.addFunction("plus", INT4PL);
        return calls.getInteger("plus", new FastpathArg[] {new FastpathArg(2), new FastpathArg(3)});
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void propertiesOfTheSession(String mode) {
        Both.same(stage -> {
            Connection connection = stage.connect("preferQueryMode", mode, "ApplicationName", "mine");
            Observed seen = stage.seen();
            stage.run(connection, "SHOW application_name");
            connection.setClientInfo("ApplicationName", "it's new");
            seen.saw("client info", connection.getClientInfo());
            seen.done("unknown client info", () -> connection.setClientInfo("NoSuch", "x"));
            Properties info = new Properties();
            info.setProperty("ApplicationName", "third");
            info.setProperty("Other", "x");
            seen.done("client infos", () -> connection.setClientInfo(info));
            seen.saw("client info", connection.getClientInfo("ApplicationName"));
            seen.saw("schema", connection.getSchema());
            connection.setSchema("pg_catalog");
            stage.run(connection, "SHOW search_path");
            connection.setSchema(stage.schema());
            seen.saw("catalog", connection.getCatalog());
            seen.done("other catalog", () -> connection.setCatalog("elsewhere"));
            seen.saw("holdability", connection.getHoldability());
            connection.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
            seen.saw("holdability", connection.getHoldability());
            seen.saw("type map", connection.getTypeMap());
            seen.saw("isolation", connection.getTransactionIsolation());
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            seen.saw("isolation", connection.getTransactionIsolation());
            seen.outcome("no isolation", () -> {
                connection.setTransactionIsolation(Connection.TRANSACTION_NONE);
                return null;
            });
            connection.setReadOnly(true);
            seen.saw("read only", connection.isReadOnly());
            stage.run(connection, "CREATE TABLE t (id int)");
            connection.setReadOnly(false);
            stage.run(connection, "CREATE TABLE t (id int)");
            connection.beginRequest();
            connection.endRequest();
        });
    }

    @Test
    void closedTwiceAndUsedAfterwards() {
        Both.same(stage -> {
            Connection connection = stage.connect();
            PreparedStatement prepared = connection.prepareStatement("SELECT 1");
            ResultSet rows = prepared.executeQuery();
            connection.close();
            Observed seen = stage.seen();
            seen.done("close again", connection::close);
            seen.saw("closed", connection.isClosed() + " " + prepared.isClosed());
            seen.outcome("prepared", prepared::executeQuery);
            seen.outcome("rows", rows::next);
            seen.outcome("statement", connection::createStatement);
            seen.done("commit", connection::commit);
            seen.done("network time-out", () -> connection.setNetworkTimeout(Runnable::run, 5));
            seen.done("abort", () -> connection.abort(Runnable::run));
            seen.outcome(
                    "notifications", () -> connection.unwrap(PGConnection.class).getNotifications());
            seen.outcome("state", () -> connection.unwrap(BaseConnection.class).getTransactionState());
        });
    }

    @Test
    void metaData() {
        Both.same(stage -> {
            stage.given(
                    "CREATE TABLE parent (id serial PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'x', price numeric(10,2))",
                    "COMMENT ON TABLE parent IS 'it''s a table'",
                    "CREATE TABLE child (id int, parent int REFERENCES parent ON DELETE CASCADE, UNIQUE (id, parent))",
                    "CREATE VIEW seen AS SELECT name FROM parent",
                    "CREATE FUNCTION f(a int, OUT b text) LANGUAGE sql AS $$SELECT 'x'$$",
                    "CREATE PROCEDURE p(a int) LANGUAGE sql AS $$SELECT 1$$");
            Connection connection = stage.connect();
            DatabaseMetaData data = connection.getMetaData();
            Observed seen = stage.seen();
            String schema = stage.schema();
            seen.saw("url", data.getURL());
            seen.saw("product", data.getDatabaseProductVersion() + " " + data.getDriverVersion() + data.getUserName());
            seen.rows("tables", data.getTables(null, schema, "%", null));
            seen.rows("columns", data.getColumns(null, schema, "%", "%"));
            seen.rows("primary keys", data.getPrimaryKeys(null, schema, "parent"));
            seen.rows("imported", data.getImportedKeys(null, schema, "child"));
            seen.rows("exported", data.getExportedKeys(null, schema, "parent"));
            seen.rows("indexes", data.getIndexInfo(null, schema, "child", false, false));
            seen.rows("functions", data.getFunctions(null, schema, "%"));
            seen.rows("function columns", data.getFunctionColumns(null, schema, "%", "%"));
            seen.rows("procedures", data.getProcedures(null, schema, "%"));
            seen.rows("best row", data.getBestRowIdentifier(null, schema, "parent", 0, false));
            seen.rows("schemas", data.getSchemas(null, schema));
            seen.rows("user-defined types", data.getUDTs(null, schema, "%", null));
            seen.saw("keywords", data.getSQLKeywords());
            seen.saw("names", data.getMaxColumnNameLength());
            described(stage, connection);
        });
    }

    private static void described(Stage stage, Connection connection) throws SQLException {
        String sql = "SELECT p.id, name AS n, price, 1 + ? FROM parent p WHERE name = ? AND price > ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            ParameterMetaData parameters = select.getParameterMetaData();
            for (int n = 1; n <= parameters.getParameterCount(); n++) {
                stage.seen()
                        .saw(
                                "parameter " + n,
                                parameters.getParameterTypeName(n) + " " + parameters.getParameterClassName(n) + " "
                                        + parameters.isSigned(n));
            }
            ResultSetMetaData columns = select.getMetaData();
            for (int n = 1; n <= columns.getColumnCount(); n++) {
                stage.seen()
                        .saw(
                                "column " + n,
                                columns.getColumnName(n) + " " + columns.getTableName(n) + " "
                                        + columns.getSchemaName(n)
                                        + columns.isNullable(n) + columns.isAutoIncrement(n) + columns.isReadOnly(n)
                                        + columns.isCurrency(n) + columns.isSearchable(n) + columns.getCatalogName(n));
            }
        }
        try (PreparedStatement wrong = connection.prepareStatement("SELECT ? FROM missing")) {
            stage.seen().outcome("wrong", wrong::getParameterMetaData);
            stage.seen().outcome("wrong", wrong::getMetaData);
        }
    }
}
