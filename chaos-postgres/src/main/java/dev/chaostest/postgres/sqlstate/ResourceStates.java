// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import dev.chaostest.ledger.LedgerEntry.Cause;
import java.util.List;

/** States of what is short, in use or broken: classes 53, 54, 55, 58, XX. */
final class ResourceStates {

    private ResourceStates() {}

    static List<StateEntry> all() {
        return List.of(
                shortage("53000", "insufficient_resources", "The server is short of something: file handles, say.")
                        .takes("lower the limit of open files of a backend"),
                shortage("53100", "disk_full", "The disk is full.").takes("fill the disk of a server of yours"),
                shortage("53200", "out_of_memory", "The server has no memory, or no place in its lock table.")
                        .takes("take a million advisory locks on a server of yours; all its sessions feel it"),
                StateEntry.of("53300", "too_many_connections", "The server has no connection free.")
                        .advised(RetryAdvice.RECONNECT)
                        .provoked(Cause.FORGED)
                        .leaves(Aftermath.NO_SESSION)
                        .takes("connect as a role whose CONNECTION LIMIT is reached, or fill the server;"
                                + " `PoolExhauster.ofServer` does so"),
                shortage("53400", "configuration_limit_exceeded", "A limit of the configuration is reached.")
                        .by(
                                "SET LOCAL temp_file_limit = '64kB'",
                                "SET LOCAL work_mem = '64kB'",
                                "SELECT count(*) FROM (SELECT n FROM generate_series(1, 100000) AS n ORDER BY n DESC) AS s"),
                StateEntry.of("54000", "program_limit_exceeded", "A value is bigger than PostgreSQL can hold.")
                        .by("SELECT repeat('x', 1 << 30)"),
                StateEntry.of("54001", "statement_too_complex", "An expression is too deep for the stack.")
                        .by("DO $$BEGIN EXECUTE 'SELECT ' || repeat('1+', 100000) || '1'; END$$"),
                StateEntry.of("54023", "too_many_arguments", "A function takes at most 100 arguments.")
                        .by("DO $$BEGIN EXECUTE 'SELECT abs(1' || repeat(',1', 100) || ')'; END$$"),
                StateEntry.of("55000", "object_not_in_prerequisite_state", "The object is not ready for that.")
                        .by("CREATE TEMP SEQUENCE chaos_s", "SELECT currval('chaos_s')"),
                StateEntry.of("55006", "object_in_use", "Somebody uses the object.")
                        .advised(RetryAdvice.RUN_AGAIN_LATER)
                        .by(
                                "CREATE TEMP TABLE chaos_t (i int)",
                                "DECLARE chaos_c CURSOR FOR SELECT i FROM chaos_t",
                                "ALTER TABLE chaos_t ADD COLUMN j int"),
                StateEntry.of("55P03", "lock_not_available", "Somebody else has the lock, and the statement would not wait.")
                        .advised(RetryAdvice.RUN_AGAIN_LATER)
                        .takes("two sessions: lock_timeout or NOWAIT, and a lock that the other one has;"
                                + " `ServerError.lockTimeout()` does so"),
                StateEntry.of("58030", "io_error", "A read or a write of a file failed.")
                        .takes("a broken disk"),
                StateEntry.of("58P01", "undefined_file", "A file is not there.")
                        .by("CREATE TEMP TABLE chaos_t (i int)", "COPY chaos_t FROM '/chaos/nothing'"),
                StateEntry.of("XX000", "internal_error", "PostgreSQL found something that it did not expect.")
                        .takes("a bug, or a limit of the system that has no state of its own"),
                StateEntry.of("XX001", "data_corrupted", "A page is corrupt.")
                        .takes("flip a byte of a page of a server of yours that has checksums"),
                StateEntry.of("XX002", "index_corrupted", "An index is corrupt.")
                        .takes("flip a byte of an index of a server of yours"));
    }

    private static StateEntry shortage(String code, String name, String meaning) {
        return StateEntry.of(code, name, meaning).advised(RetryAdvice.RUN_AGAIN_LATER);
    }
}
