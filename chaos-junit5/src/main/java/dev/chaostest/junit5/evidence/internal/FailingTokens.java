// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import dev.chaostest.ledger.Token;
import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of red tests, kept below the build directory until they are green: {@code target/chaos/failing/<test>/}.
 *
 * <p>A file for each token, so that no two JVMs ever write the same one: what one adds, no other loses. At most
 * {@value #KEPT_MAX} for each test; the first ones stay. What can't be read or written is logged and else left alone: no test
 * fails for it. Safe for use by many threads and JVMs.
 */
public final class FailingTokens {

    private static final Logger LOG = LoggerFactory.getLogger(FailingTokens.class);
    private static final int KEPT_MAX = 20;
    /** Many times what a token has. */
    private static final int BYTES_MAX = 10_000;

    private static final String ENDING = ".txt";

    private final Path directory;
    private final boolean isOn;

    /**
     * @param base the directory of all runs, see {@link ReportFiles#base}
     * @param isOn whether anything is kept at all
     */
    public FailingTokens(Path base, boolean isOn) {
        this.directory = base.resolve("failing");
        this.isOn = isOn;
    }

    /**
     * The tokens that are kept for a test, in an order that is the same in every run.
     *
     * @param test the full name of its class, and its method
     */
    public List<Token> of(String test) {
        if (!isOn || !Files.isDirectory(folder(test))) {
            return List.of();
        }
        List<Token> tokens = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder(test))) {
            files.filter(file -> file.toString().endsWith(ENDING))
                    .sorted()
                    .limit(KEPT_MAX)
                    .forEach(file -> read(file, tokens));
        } catch (IOException e) {
            LOG.warn("The failing tokens of {} can't be read: {}", test, e.toString());
        }
        return List.copyOf(tokens);
    }

    private static void read(Path file, List<Token> tokens) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                LOG.warn("What is in {} is no token and is forgotten: it is too long", file);
                forget(file);
                return;
            }
            tokens.add(Token.parse(Files.readString(file).lines().findFirst().orElse("")));
        } catch (NoSuchFileException goneMeanwhile) {
            LOG.debug("{} is green in another JVM", file);
        } catch (CharacterCodingException | ChaosException e) { // of another version, or not even text
            LOG.warn("What is in {} is no token and is forgotten: {}", file, e.toString());
            forget(file); // else twenty of them would leave no room for any other
        } catch (IOException e) {
            LOG.warn("The failing token in {} is left out: {}", file, e.toString());
        }
    }

    private static void forget(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} can't be forgotten: {}", file, e.toString());
        }
    }

    /** Keeps the token of a red test; one that is kept already stays as it is. */
    public void add(String test, Token token) {
        if (!isOn) {
            return;
        }
        Path file = file(test, token);
        try {
            Path folder = Files.createDirectories(folder(test));
            if (!Files.exists(file) && count(folder) < KEPT_MAX) {
                Path whole = file.resolveSibling(UUID.randomUUID() + ".new"); // nobody reads half a token
                Files.writeString(whole, token + "\n");
                Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            LOG.warn("The failing token {} of {} can't be kept: {}", token, test, e.toString());
        }
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ENDING)).count();
        }
    }

    /** Forgets a token that is green, or of a test that has changed; twice is harmless. */
    public void remove(String test, Token token) {
        if (!isOn) {
            return;
        }
        try {
            Files.deleteIfExists(file(test, token));
        } catch (IOException e) {
            LOG.warn("The token {} of {} is green, but can't be forgotten: {}", token, test, e.toString());
        }
    }

    private Path file(String test, Token token) {
        return folder(test).resolve(ReportFiles.hashed(token.toString()) + ENDING);
    }

    private Path folder(String test) {
        return directory.resolve(ReportFiles.sanitised(test) + "-" + ReportFiles.hashed(test));
    }
}
