// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import dev.chaostest.ledger.LedgerEntry.Cause;
import java.util.List;

/** States of connecting, and of a session's end: classes 08, 28, 3D, 57. */
final class ConnectionStates {

    private static final String NOT_THE_SERVERS = "PostgreSQL does not answer a statement with it; a pooler or a foreign"
            + " server may";

    private ConnectionStates() {}

    static List<StateEntry> all() {
        return List.of(
                StateEntry.of("08000", "connection_exception", "Something is wrong with the connection.")
                        .takes(NOT_THE_SERVERS),
                StateEntry.of(
                                "08001",
                                "sqlclient_unable_to_establish_sqlconnection",
                                "Nobody answers where the server should be.")
                        .advised(RetryAdvice.RECONNECT)
                        .provoked(Cause.REAL)
                        .leaves(Aftermath.NO_SESSION)
                        .takes("connect to a port on which nobody listens; the driver says it, not the server"),
                StateEntry.of("08003", "connection_does_not_exist", "The connection is closed already.")
                        .takes("use a connection that is closed: the driver says it, and the session is over; raised by a"
                                + " server, as a pooler does, it lives"),
                StateEntry.of(
                                "08004",
                                "sqlserver_rejected_establishment_of_sqlconnection",
                                "The server, or what is in front of it, takes no connection.")
                        .advised(RetryAdvice.RECONNECT)
                        .provoked(Cause.FORGED)
                        .leaves(Aftermath.NO_SESSION)
                        .takes("PostgreSQL never says it at connect; poolers do"),
                StateEntry.of("08006", "connection_failure", "The connection was lost.")
                        .provoked(Cause.REAL)
                        .leaves(Aftermath.SESSION_OVER)
                        .takes("cut the connection; the driver says it, not the server"),
                StateEntry.of("08007", "transaction_resolution_unknown", "Nobody knows whether it was committed.")
                        .takes(NOT_THE_SERVERS),
                StateEntry.of("08P01", "protocol_violation", "One side said what the other did not expect.")
                        .takes("send a message that is malformed; no driver does"),
                refused("28000", "invalid_authorization_specification", "This role may not connect.")
                        .takes("connect as a role that does not exist, or that may not log in"),
                refused("28P01", "invalid_password", "The password is wrong.")
                        .takes("connect with another password where one is asked for"),
                refused("3D000", "invalid_catalog_name", "There is no such database.")
                        .takes("connect to a database that does not exist"),
                StateEntry.of("57014", "query_canceled", "The statement was cancelled, or took too long.")
                        .advised(RetryAdvice.RUN_AGAIN_LATER)
                        .provoked(Cause.REAL)
                        .by("SET LOCAL statement_timeout = '1ms'", "SELECT pg_catalog.pg_sleep(60)"),
                ended("57P01", "admin_shutdown", "Somebody ended this session, or stops the server.")
                        .provoked(Cause.REAL)
                        .by("SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())"),
                ended("57P02", "crash_shutdown", "Another session crashed, and all had to end.")
                        .takes("kill a backend; pgjdbc takes the server's word for a warning and says 08006"),
                StateEntry.of("57P03", "cannot_connect_now", "The server is starting up, shutting down, or recovering.")
                        .advised(RetryAdvice.RECONNECT)
                        .provoked(Cause.FORGED)
                        .leaves(Aftermath.NO_SESSION)
                        .takes("connect while a server recovers"),
                ended("57P04", "database_dropped", "The database is gone.")
                        .takes("drop the database on a primary while a session of a hot standby uses it"),
                ended("57P05", "idle_session_timeout", "The session had nothing to do for too long.")
                        .takes("set idle_session_timeout, and wait outside a transaction;"
                                + " `ServerError.idleSessionTimeout()` does so"));
    }

    private static StateEntry refused(String code, String name, String meaning) {
        return StateEntry.of(code, name, meaning).provoked(Cause.FORGED).leaves(Aftermath.NO_SESSION);
    }

    private static StateEntry ended(String code, String name, String meaning) {
        return StateEntry.of(code, name, meaning).provoked(Cause.FORGED).leaves(Aftermath.SESSION_OVER);
    }
}
