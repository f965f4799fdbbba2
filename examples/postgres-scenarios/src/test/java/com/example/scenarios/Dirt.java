// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import dev.chaostest.postgres.server.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What others leave on a server: tables of the same names, locks, open transactions, here and in other databases. */
final class Dirt implements AutoCloseable {

    private static final List<String> OBJECTS = List.of(
            "CREATE DATABASE somebody_elses",
            "CREATE TABLE public.account (wrong text)",
            "CREATE TABLE public.entry (wrong text)",
            "INSERT INTO public.account VALUES ('dirt')",
            "CREATE SCHEMA chaos_left_over",
            "CREATE TABLE chaos_left_over.branch (wrong text)",
            "CREATE ROLE left_over LOGIN",
            "CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'dirt' $$");

    private static final List<String> HELD = List.of(
            "INSERT INTO public.account VALUES ('not committed')",
            "LOCK TABLE public.entry IN ACCESS EXCLUSIVE MODE",
            "SELECT pg_advisory_lock(1), pg_advisory_lock(2), pg_advisory_lock(1, 2)");

    private final List<Connection> sessions = new ArrayList<>();

    private Dirt() {}

    static Dirt on(PostgresServer server) throws SQLException {
        Dirt dirt = new Dirt();
        for (String sql : OBJECTS) {
            dirt.open(server, "postgres", true, sql);
        }
        for (String sql : HELD) {
            dirt.open(server, "postgres", false, sql);
        }
        dirt.open(server, "somebody_elses", false, "CREATE TABLE not_committed (id int)");
        dirt.open(server, "somebody_elses", false, "SELECT pg_current_xact_id()");
        dirt.open(server, "somebody_elses", false, "CREATE TABLE prepared (id int)", "PREPARE TRANSACTION 'dirt'");
        return dirt;
    }

    int sessions() {
        return sessions.size();
    }

    private void open(PostgresServer server, String database, boolean committed, String... statements)
            throws SQLException {
        Connection connection = DriverManager.getConnection(server.jdbcUrl(database));
        sessions.add(connection);
        connection.setAutoCommit(committed);
        for (String sql : statements) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    /** They end with the server; a prepared transaction, too. */
    @Override
    public void close() throws SQLException {
        for (Connection connection : sessions) {
            connection.close();
        }
    }
}
