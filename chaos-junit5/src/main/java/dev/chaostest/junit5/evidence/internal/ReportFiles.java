// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.evidence.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the reports of one run go: {@code target/chaos/<run>/<class>/<method>.txt}. Forks of one build have runs of their own,
 * or else files of their own.
 */
public final class ReportFiles {

    private static final int FILES_MAX = 1_000;
    private static final int NAME_MAX = 100;
    private static final int ALIKE_MAX = 100;

    private final Path directory;
    private final AtomicInteger written = new AtomicInteger();

    /**
     * @param base the directory of all runs
     * @param run the run's id
     */
    public ReportFiles(Path base, String run) {
        this.directory = base.resolve(run);
    }

    /** The directory of all runs: what is configured, else below the one that the build tool writes to. */
    public static Path base(Optional<String> configured) {
        return configured.map(Path::of).orElseGet(() -> buildDirectory().resolve("chaos"));
    }

    private static Path buildDirectory() {
        boolean isGradle = System.getProperty("org.gradle.test.worker") != null
                || (!Files.exists(Path.of("pom.xml"))
                        && (Files.exists(Path.of("build.gradle")) || Files.exists(Path.of("build.gradle.kts"))));
        return Path.of(isGradle ? "build" : "target");
    }

    /**
     * Writes a report.
     *
     * @param type the test's class
     * @param test the method, with its round
     * @return the file
     * @throws IOException if it can't be written, or if this run has written as many as it may
     */
    public Path write(String type, String test, String text) throws IOException {
        if (written.incrementAndGet() > FILES_MAX) {
            throw new IOException("this run has written " + FILES_MAX + " reports already");
        }
        Path parent = directory.resolve(sanitised(type));
        Files.createDirectories(parent);
        for (int attempt = 1; attempt < ALIKE_MAX; attempt++) {
            Path file = parent.resolve(sanitised(test) + (attempt == 1 ? "" : "_" + attempt) + ".txt");
            if (isWritten(file, text)) {
                return file;
            }
        }
        throw new IOException("there are " + ALIKE_MAX + " reports of that name already");
    }

    /**
     * Writes a picture beside a report: {@code <method>-1.svg}.
     *
     * @param report what {@link #write} has returned
     * @param number from 1 on
     * @return the file
     */
    public Path writePicture(Path report, int number, String svg) throws IOException {
        String name = report.getFileName().toString().replaceFirst("\\.txt$", "-" + number + ".svg");
        return Files.writeString(report.resolveSibling(name), svg);
    }

    /** False if it is there: of a class of the same name in another package, or of the same test once more. */
    private static boolean isWritten(Path file, String text) throws IOException {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
            return true;
        } catch (FileAlreadyExistsException another) {
            return false;
        }
    }

    /** Sixteen digits that stand for a text. */
    static String hashed(String text) {
        return "%016x"
                .formatted(UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8))
                        .getMostSignificantBits());
    }

    static String sanitised(String name) {
        String clean = name.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^\\.+", "_");
        return clean.length() <= NAME_MAX ? clean : clean.substring(0, NAME_MAX);
    }
}
