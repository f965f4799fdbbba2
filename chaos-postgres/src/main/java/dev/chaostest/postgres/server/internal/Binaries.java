// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runnable binaries.
 *
 * @param home a directory with bin/postgres and bin/initdb
 * @param version what they say of themselves
 * @param key a file name that no other binaries on this machine have
 */
record Binaries(Path home, Version version, String key) {

    private static final Logger LOG = LoggerFactory.getLogger(Binaries.class);

    static final Duration DEADLINE = Duration.ofMinutes(2);

    Path postgres() {
        return home.resolve("bin/postgres");
    }

    Path initdb() {
        return home.resolve("bin/initdb");
    }

    /** What is installed at a place that the user named. */
    static Binaries installed(Path home, Host host) {
        Path binary = home.resolve("bin/postgres");
        if (!Files.isExecutable(binary) || !Files.isExecutable(home.resolve("bin/initdb"))) {
            throw new PostgresUnavailableException("chaos.postgres.home must hold bin/postgres and bin/initdb, but "
                    + home + " doesn't. Set it to the directory that pg_config --bindir shows, without its bin.");
        }
        try {
            Path real = binary.toRealPath();
            String key = Integer.toHexString(real.hashCode()) + "-"
                    + Files.getLastModifiedTime(real).toMillis();
            return new Binaries(home.toAbsolutePath(), ask(real, host), "installed-" + key);
        } catch (IOException e) {
            throw new PostgresUnavailableException(
                    "chaos.postgres.home must be readable, but " + home + " isn't: " + e
                            + ". Set it to an installed PostgreSQL.",
                    e);
        }
    }

    /** What is on the class path, unpacked if it was not. */
    static Binaries unpacked(Archive archive, Path cache, Host host) {
        try {
            Path target = cache.resolve(archive.name());
            ExclusiveBuild.Built built = new ExclusiveBuild(target, "bin/postgres", DEADLINE).once(tree -> {
                archive.unpack(tree, host);
                return ask(tree.resolve("bin/postgres"), host).text();
            });
            Version version = Version.parse(built.note())
                    .orElseThrow(() -> new IOException("no version in " + target + ": " + built.note()));
            return new Binaries(built.tree(), version, target.getFileName().toString());
        } catch (IOException e) {
            throw new PostgresUnavailableException(
                    "PostgreSQL from " + archive + " must be unpacked to " + cache
                            + " (60 MB), but that failed: " + e + ". Make room there, or set chaos.postgres.directory"
                            + " to another directory.",
                    e);
        }
    }

    private static Version ask(Path binary, Host host) {
        Commands.Outcome outcome = new Commands(host, "C").run(List.of(binary.toString(), "--version"));
        return Version.ofOutput(outcome.output())
                .orElseThrow(() -> new PostgresUnavailableException(binary + " --version must name a PostgreSQL,"
                        + " but it ended with " + outcome.status() + " and said: " + outcome.output()
                        + ". Check that it runs on this machine, or set chaos.postgres.home to another PostgreSQL."));
    }

    /** Fails when the user asked for another major version. */
    void require(int major, String origin) {
        if (version.major() != major) {
            throw new PostgresUnavailableException("chaos.postgres.version asks for PostgreSQL " + major + ", but "
                    + origin + " has " + version + ". Add " + Snippet.bom(major));
        }
    }

    /** Fails for a version that is too old; a newer one than we know is worth a warning. */
    void requireSupported(String origin) {
        if (version.major() < Version.OLDEST) {
            throw new PostgresUnavailableException("PostgreSQL must be " + Version.OLDEST + " or later, but " + origin
                    + " has " + version + ". Add " + Snippet.bom(Version.NEWEST));
        }
        if (version.major() > Version.NEWEST) {
            LOG.warn(
                    "PostgreSQL {} from {} is newer than {}, the newest that was tried.",
                    version,
                    origin,
                    Version.NEWEST);
        }
    }
}
