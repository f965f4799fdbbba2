// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tool pgbench, where it is installed: clients in a process of their own, which no fault of the wire reaches.
 *
 * <p>Needed are the tables of {@link LoadTables} with a {@link Scale#of scale of pgbench}. The tool fails as soon as one of its
 * clients loses its connection; {@link PgLoad} goes on, and needs no tool.
 *
 * <pre>{@code
 * PgBench pgbench = PgBench.find().orElseGet(() -> abort("pgbench is not installed"));
 * LoadReport report = pgbench.run(server, "postgres", Workload.TPC_B, 4, 100);
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class PgBench {

    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final int SHOWN_MAX = 2_000;
    private static final Pattern PROCESSED = Pattern.compile("transactions actually processed: (\\d+)");
    private static final Pattern FAILED = Pattern.compile("number of failed transactions: (\\d+)");

    private final Path program;

    private PgBench(Path program) {
        this.program = program;
    }

    /** The one on the PATH; empty if there is none. */
    public static Optional<PgBench> find() {
        return find(Optional.ofNullable(System.getenv("PATH")).orElse(""));
    }

    static Optional<PgBench> find(String path) {
        return List.of(path.split(File.pathSeparator)).stream()
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "pgbench"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(PgBench::new);
    }

    /**
     * The one on the PATH.
     *
     * @throws ChaosException if there is none
     */
    public static PgBench require() {
        return require(Optional.ofNullable(System.getenv("PATH")).orElse(""));
    }

    static PgBench require(String path) {
        return find(path)
                .orElseThrow(() -> new ChaosException("pgbench must be on the PATH, but is not. Install it (on Debian it"
                        + " is in the package postgresql), or use PgLoad, which does the same without it."));
    }

    /** Where it is. */
    public Path program() {
        return program;
    }

    /**
     * Runs it on a server of ours until it ends.
     *
     * @param server with the tables
     * @param database where they are, in the schema public
     * @param workload TPC-B-like or select-only
     * @param clients 1 to 1,000, each with a thread
     * @param transactions of each client, 1 or more
     * @return what it said; the time is that of the process, its start included
     * @throws ChaosException if it fails, or does not end within 10 minutes
     */
    public LoadReport run(PostgresServer server, String database, Workload workload, int clients, int transactions) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "-n", "-M", "prepared"));
        if (workload == Workload.SELECT_ONLY) {
            command.add("-S");
        }
        command.addAll(List.of("-c", "" + clients, "-j", "" + clients, "-t", "" + transactions));
        command.addAll(List.of("-h", server.host(), "-p", "" + server.port(), "-U", server.user(), database));
        long began = System.nanoTime();
        String said = run(command);
        return report(said, Duration.ofNanos(System.nanoTime() - began));
    }

    private static String run(List<String> command) {
        try {
            Path output = Files.createTempFile("chaos-pgbench", ".txt");
            try {
                return run(command, output);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new ChaosException("pgbench must be started, but was not. See the cause.", e);
        }
    }

    private static String run(List<String> command, Path output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("LC_ALL", "C"); // its words are read
        Process process = builder.start();
        try {
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new ChaosException("pgbench must end within " + DEADLINE.toMinutes()
                        + " minutes, but did not. Give it fewer transactions.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("pgbench must end, but the wait for it was interrupted. Try again.", e);
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output);
        if (process.exitValue() != 0) {
            throw new ChaosException("pgbench must end well, but said:\n  "
                    + said.substring(Math.max(0, said.length() - SHOWN_MAX)).strip()
                    + "\nCreate its tables with LoadTables first, and give it no fault that ends a session.");
        }
        return said;
    }

    static LoadReport report(String said, Duration elapsed) {
        SortedMap<String, Long> failures = new TreeMap<>();
        number(FAILED, said).filter(failed -> failed > 0).ifPresent(failed -> failures.put("none", failed));
        long processed = number(PROCESSED, said)
                .orElseThrow(() -> new ChaosException("pgbench must say how many transactions it processed, but said:\n  "
                        + said.strip() + "\nUse one of PostgreSQL 14 or later."));
        return new LoadReport(processed, failures, elapsed);
    }

    private static Optional<Long> number(Pattern pattern, String said) {
        Matcher matcher = pattern.matcher(said);
        return matcher.find() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
    }

    @Override
    public String toString() {
        return "pgbench at " + program;
    }
}
