// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An initialised data directory that every server starts from a copy of; initdb takes half a second, a copy 30 ms.
 *
 * @param directory the data directory, never started
 * @param locale the locale it was made with, which the server's processes need too
 */
record Template(Path directory, String locale) {
    private static final Logger LOG = LoggerFactory.getLogger(Template.class);
    private static final String UTF8 = "C.UTF-8";
    private static final String PLAIN = "C";

    static Template of(Binaries binaries, Path cache, ProcessUser user, Host host, boolean checksums) {
        // The files are readable by their owner only, so each account has its own.
        Path target = cache.resolve("template-" + binaries.key() + "-" + host.uid() + (user.isStranger() ? "-open" : "")
                + (checksums ? "-checksums" : ""));
        try {
            ExclusiveBuild.Built built = new ExclusiveBuild(target, "data/PG_VERSION", Binaries.DEADLINE)
                    .once(tree -> initialise(tree.resolve("data"), new Initdb(binaries, user, host, checksums)));
            return new Template(built.tree().resolve("data"), built.note());
        } catch (IOException e) {
            throw new PostgresUnavailableException(
                    "A data directory must be initialised in " + cache
                            + " (40 MB), but that failed: " + e + ". Make room there, or set chaos.postgres.directory"
                            + " to another directory.",
                    e);
        }
    }

    private static String initialise(Path data, Initdb initdb) throws IOException {
        // Made here, since initdb's user may not be allowed to make it.
        Files.createDirectory(data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        initdb.user().own(data);
        Commands.Outcome outcome = initdb.run(data, UTF8);
        String locale = UTF8;
        if (!outcome.isSuccess() && outcome.output().contains("locale")) {
            LOG.warn(
                    "The locale {} isn't available here, so PostgreSQL runs with {}: letters beyond ASCII have no"
                            + " upper and lower case.",
                    UTF8,
                    PLAIN);
            outcome = initdb.run(data, PLAIN);
            locale = PLAIN;
        }
        if (!outcome.isSuccess()) {
            throw new PostgresUnavailableException(initdb.binaries().initdb()
                    + " must make a data directory, but it ended with "
                    + outcome.status() + " and said:\n" + outcome.output() + "\nCheck that it runs on this machine"
                    + " as " + initdb.host().account() + ", or set chaos.jdbc.url to a running PostgreSQL.");
        }
        return locale;
    }

    /** The command that makes a data directory. */
    private record Initdb(Binaries binaries, ProcessUser user, Host host, boolean checksums) {
        Commands.Outcome run(Path data, String locale) {
            List<String> command = new ArrayList<>(List.of(
                    binaries.initdb().toString(),
                    "--auth=trust",
                    "--username=postgres",
                    "--pgdata=" + data,
                    "--encoding=UTF8",
                    "--locale=" + locale,
                    "--wal-segsize=1",
                    "--no-sync",
                    "--no-instructions"));
            if (checksums) {
                command.add("--data-checksums");
            }
            return new Commands(host, locale).run(user.command(command));
        }
    }
}
