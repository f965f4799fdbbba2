// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The reports that red tests left in a directory. */
public record Reports(Path directory) {

    /** All files there, in order of their names. */
    public List<Path> files() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pictures beside them. */
    public List<String> pictures() {
        return ending(".svg").stream().map(Reports::read).toList();
    }

    private List<Path> ending(String suffix) {
        return files().stream()
                .filter(file -> file.getFileName().toString().endsWith(suffix))
                .toList();
    }

    /** The text of the only one. */
    public String text() {
        List<Path> files = ending(".txt");
        if (files.size() != 1) {
            throw new AssertionError("there must be one report, but there are " + files);
        }
        return read(files.get(0));
    }

    /** The text of the one whose name begins so. */
    public String text(String name) {
        return ending(".txt").stream()
                .filter(file -> file.getFileName().toString().startsWith(name))
                .map(Reports::read)
                .findFirst()
                .orElseThrow();
    }

    /** The lines of the section with this title, or that begins with it; empty if there is none. */
    public static List<String> section(String report, String title) {
        List<String> lines = report.lines().toList();
        for (int i = 0; i + 1 < lines.size(); i++) {
            if (lines.get(i).startsWith(title) && lines.get(i + 1).matches("-+")) {
                return lines.stream()
                        .skip(i + 2)
                        .takeWhile(line -> !line.isEmpty())
                        .toList();
            }
        }
        return List.of();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
