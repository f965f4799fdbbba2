// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireLink;
import dev.chaostest.postgres.wire.WireTarget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that knows nothing of Java: faults reach psql by a link. */
@Timeout(120)
class PsqlTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final URI SERVER = URI.create(TestServer.url().substring("jdbc:".length()));

    /** psql's own words for "the connection is lost". */
    private static final int CONNECTION_WENT_BAD = 2;

    @TempDir
    private Path directory;

    private WireFixture bank;
    private String account;
    private ChaosScope scope;
    private WireLink link;

    @BeforeAll
    static void needsPsql() {
        assumeThat(isThere())
                .as(
                        "psql must be on the PATH for these tests; install it, for example by apt-get install postgresql-client")
                .isTrue();
    }

    private static boolean isThere() {
        try {
            Process process = new ProcessBuilder("psql", "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
        account = bank.schema() + ".account";
        scope = ChaosScope.open("psql", Plan.of(new Seed(1)));
        link = WireLink.open(scope, "bank", new InetSocketAddress(SERVER.getHost(), SERVER.getPort()));
    }

    @AfterEach
    void close() throws SQLException {
        scope.close();
        bank.close();
    }

    private void plan(Target target, Fault fault) {
        scope.inject(Rule.of(target, Trigger.nth(1), fault));
    }

    @Test
    void idleLinkChangesNothing() throws Exception {
        Ended ended = psql("SELECT sum(n) FROM generate_series(1, 100000) n", "COPY (SELECT repeat('x', 10)) TO STDOUT")
                .end();
        assertThat(ended.code()).as(ended.text()).isZero();
        assertThat(ended.text().lines()).containsExactly("5000050000", "xxxxxxxxxx");
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void statementFailsAsTheServerWouldFailIt() throws Exception {
        plan(SqlTarget.on("UPDATE account"), ServerError.of("40001"));
        Ended ended = psql("BEGIN", "UPDATE " + account + " SET balance = 7 WHERE id = 1", "COMMIT")
                .end();
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.text()).contains("ERROR:  40001: ");
        assertThat(bank.balance(1)).isEqualTo(1000);
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void replyOfACommitIsLostAndTheCommitIsNot() throws Exception {
        plan(SqlTarget.on("COMMIT"), new Cut(When.AFTER));
        Ended ended = psql("BEGIN", "UPDATE " + account + " SET balance = 7 WHERE id = 1", "COMMIT")
                .end();
        assertThat(ended.code()).as(ended.text()).isEqualTo(CONNECTION_WENT_BAD);
        assertThat(bank.balance(1)).isEqualTo(7);
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void connectIsRefusedAsByAFullServer() throws Exception {
        plan(SqlTarget.on("connect"), ServerError.of("53300"));
        Ended ended = psql("SELECT 1").end();
        assertThat(ended.code()).as(ended.text()).isEqualTo(CONNECTION_WENT_BAD);
        assertThat(scope.unfulfilled()).isEmpty();
    }

    /** Control-C sends a cancel request over a connection of its own. */
    @Test
    void interruptCancelsWhatHangs() throws Exception {
        plan(SqlTarget.on("UPDATE account"), new Hang(When.BEFORE));
        plan(WireTarget.cancelRequest(), Delay.of(Duration.ofMillis(5)));
        Running psql;
        try (Watch hangs = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            psql = psql("UPDATE " + account + " SET balance = 7 WHERE id = 1");
            hangs.await(PATIENCE);
        }
        psql.interrupt();
        Ended ended = psql.end();
        assertThat(ended.text()).contains("ERROR:  57014: ");
        assertThat(bank.balance(1)).isEqualTo(1000);
        assertThat(scope.fired().get(1).hit()).hasToString("wire:CancelRequest, 1st on lane connection-1");
        assertThat(scope.unfulfilled()).isEmpty();
    }

    private Running psql(String... commands) throws IOException {
        List<String> line = new ArrayList<>(List.of("psql", "-X", "-A", "-t", "-q"));
        line.addAll(List.of("-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose", "-U", "postgres"));
        line.addAll(List.of("-h", "127.0.0.1", "-p", String.valueOf(link.port())));
        line.addAll(List.of("-d", SERVER.getPath().substring(1)));
        for (String command : commands) {
            line.add("-c");
            line.add(command);
        }
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        Path output = Files.createTempFile(directory, "psql", ".out");
        return new Running(builder.redirectOutput(output.toFile()).start(), output);
    }

    /** One that runs. */
    private record Running(Process process, Path output) {

        void interrupt() throws Exception {
            Process kill = new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start();
            assertThat(kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        Ended end() throws Exception {
            try {
                assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            return new Ended(process.exitValue(), Files.readString(output));
        }
    }

    /** One that has ended. */
    private record Ended(int code, String text) {}
}
