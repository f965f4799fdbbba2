// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A script of SQL statements, read.
 *
 * @param location where it was found, as the user wrote it
 * @param text what it holds
 */
public record Script(String location, String text) {

    private static final String FILE = "file:";
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /**
     * Reads a script: {@code file:path}, {@code /absolute/on/the/class/path.sql}, or a name beside a class.
     *
     * @param origin the class beside which relative names are looked for
     * @throws ChaosException if there is none, with what was tried, or if it is not UTF-8
     */
    public static Script read(Class<?> origin, String location) {
        byte[] bytes = location.startsWith(FILE) ? file(location) : resource(origin, location);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new Script(location, text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        } catch (CharacterCodingException e) {
            throw new ChaosException(
                    "Script \"" + location + "\" must be UTF-8, but is not. Save it in that encoding.", e);
        }
    }

    private static byte[] file(String location) {
        String rest = location.substring(FILE.length());
        Path path = rest.startsWith("//") ? Path.of(URI.create(location)) : Path.of(rest);
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw missing(location, "the file " + path.toAbsolutePath(), "Check the path.", e);
        }
    }

    private static byte[] resource(Class<?> origin, String location) {
        byte[] found = bytes(origin, location);
        if (found != null) {
            return found;
        }
        String full = location.startsWith("/")
                ? location.substring(1)
                : origin.getPackageName().replace('.', '/') + "/" + location;
        boolean atRoot = !location.startsWith("/") && bytes(origin, "/" + location) != null;
        String advice = atRoot
                ? "There is one at the root of the class path: write \"/" + location + "\"."
                : "Put it there, begin with / for the root of the class path, or with file: for a path.";
        throw missing(location, full + " on the class path of " + origin.getName(), advice, null);
    }

    private static byte @Nullable [] bytes(Class<?> origin, String location) {
        try (InputStream in = origin.getResourceAsStream(location)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new ChaosException(
                    "Script \"" + location + "\" must be readable, but is not. Check the class path.", e);
        }
    }

    private static ChaosException missing(String location, String tried, String advice, @Nullable Throwable cause) {
        return new ChaosException(
                "Script \"" + location + "\" must exist, but was not found. Tried: " + tried + ". " + advice, cause);
    }

    /**
     * A place in the script.
     *
     * @param position counted in characters from 1, as the server does
     */
    Place place(int position) {
        int offset = text.offsetByCodePoints(0, Math.min(position - 1, text.codePointCount(0, text.length())));
        int start = text.lastIndexOf('\n', offset - 1) + 1;
        int end = text.indexOf('\n', offset);
        long line = 1 + text.substring(0, start).chars().filter(c -> c == '\n').count();
        String content = text.substring(start, end < 0 ? text.length() : end).strip();
        return new Place(line, text.codePointCount(start, offset) + 1, content);
    }

    /** A line and a column, both counted from 1, and the text of the line. */
    record Place(long line, int column, String content) {}
}
