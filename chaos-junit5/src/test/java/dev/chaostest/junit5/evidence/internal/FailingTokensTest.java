// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ledger.Token;
import dev.chaostest.plan.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailingTokensTest {

    private static final String TEST = "com.example.TransferTest.isRetried";

    @TempDir
    private Path base;

    @Test
    void aTokenIsKeptUntilItIsRemoved() {
        kept().add(TEST, token(1));
        kept().add(TEST, token(1));
        kept().add(TEST, token(2));

        assertThat(kept().of(TEST)).containsExactlyInAnyOrder(token(1), token(2));
        kept().remove(TEST, token(1));
        kept().remove(TEST, token(1));
        assertThat(kept().of(TEST)).containsExactly(token(2));
    }

    @Test
    void aTestOfTheSameNameInAnotherPackageHasItsOwn() {
        kept().add(TEST, token(1));

        assertThat(kept().of("org.example.TransferTest.isRetried")).isEmpty();
        assertThat(kept().of("com.example/TransferTest.isRetried")).isEmpty();
    }

    @Test
    void notMoreAreKeptThanAreWorthRunning() {
        IntStream.rangeClosed(1, 30).forEach(seed -> kept().add(TEST, token(seed)));

        assertThat(kept().of(TEST))
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 20)
                        .mapToObj(FailingTokensTest::token)
                        .toList());
    }

    @Test
    void nothingIsKeptWhereItIsSwitchedOff() {
        new FailingTokens(base, false).add(TEST, token(1));
        assertThat(kept().of(TEST)).isEmpty();

        kept().add(TEST, token(1));
        assertThat(new FailingTokens(base, false).of(TEST)).isEmpty();
        new FailingTokens(base, false).remove(TEST, token(1));
        assertThat(kept().of(TEST)).hasSize(1);
    }

    @Test
    void whatIsNoTokenIsLeftOut() throws IOException {
        kept().add(TEST, token(1));
        try (Stream<Path> files = Files.walk(base)) {
            Path file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            assertThat(file).content().isEqualTo(token(1) + "\n");
            Files.writeString(file.resolveSibling("a.txt"), "c1:nonsense");
            Files.writeString(file.resolveSibling("b.txt"), "");
            Files.writeString(file.resolveSibling("c.new"), token(3).toString());
            Files.write(file.resolveSibling("d.txt"), new byte[] {(byte) 0xff, 0});
            Files.writeString(file.resolveSibling("e.txt"), token(4) + "\n" + "x".repeat(1_000_000));
            Files.createDirectory(file.resolveSibling("f.txt"));
        }

        assertThat(kept().of(TEST)).containsExactly(token(1));
        assertThat(kept().of(TEST)).as("once more").containsExactly(token(1));
    }

    @Test
    void whatCantBeWrittenFailsNothing() throws IOException {
        Files.writeString(base.resolve("failing"), "no directory");

        kept().add(TEST, token(1));
        kept().remove(TEST, token(1));

        assertThat(kept().of(TEST)).isEmpty();
    }

    /** Each has an object of its own, as each JVM does: there is nothing in memory that they share. */
    @Test
    void manyWhoAddAtOnceLoseNothing() throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<Void>> all = IntStream.rangeClosed(1, 16)
                .mapToObj(seed -> CompletableFuture.runAsync(() -> {
                    awaitOrFail(start);
                    kept().add(TEST, token(seed));
                }))
                .toList();
        start.countDown();
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);

        assertThat(kept().of(TEST)).hasSize(16);
    }

    /** Two forks of one build. */
    @Test
    void twoProcessesThatAddAtOnceLoseNothing() throws Exception {
        List<Process> forks = new ArrayList<>();
        for (int fork = 0; fork < 2; fork++) {
            forks.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Fork.class.getName(),
                            base.toString(),
                            String.valueOf(fork * 10))
                    .redirectErrorStream(true)
                    .redirectOutput(base.resolve("fork" + fork + ".log").toFile())
                    .start());
        }
        for (Process fork : forks) {
            assertThat(fork.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(fork.exitValue()).isZero();
        }

        assertThat(kept().of(TEST)).hasSize(20);
    }

    /** What one fork does: it keeps ten tokens. */
    static final class Fork {
        private Fork() {}

        public static void main(String[] args) {
            FailingTokens kept = new FailingTokens(Path.of(args[0]), true);
            IntStream.rangeClosed(1, 10).forEach(seed -> kept.add(TEST, token(Integer.parseInt(args[1]) + seed)));
        }
    }

    private static void awaitOrFail(CountDownLatch start) {
        try {
            assertThat(start.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private FailingTokens kept() {
        return new FailingTokens(base, true);
    }

    private static Token token(long seed) {
        return new Token(new Seed(seed), 1, 2);
    }
}
