// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a schema of ours: {@code <prefix>_<seconds since 1970, base 36>_<run>_<number>}.
 *
 * @param text the name as the catalogue has it, neither quoted nor folded
 */
public record SchemaName(String text) {

    /** PostgreSQL silently cuts longer names off (NAMEDATALEN - 1): two of them would become one. */
    private static final int BYTES_MAX = 63;

    private static final int RADIX = 36;
    private static final Pattern REST = Pattern.compile("_([0-9a-z]{6,7})_[0-9a-z]{1,16}_[0-9]{1,10}");

    /**
     * Checks what users give as the first part of a name.
     *
     * @throws ChaosException if PostgreSQL could not have a schema of that name, or reserves it
     */
    public static String requirePrefix(String prefix) {
        return requirePrefix("schema", prefix);
    }

    static String requirePrefix(String kind, String prefix) {
        String rule = violated(kind, prefix);
        if (!rule.isEmpty()) {
            throw new ChaosException("A " + kind + " prefix must " + rule + ", but was \"" + prefix.replace("\0", "\\0")
                    + "\". Use for example \"chaos\".");
        }
        return prefix;
    }

    private static String violated(String kind, String prefix) {
        if (prefix.isEmpty()) {
            return "not be empty";
        }
        if (prefix.startsWith("pg_") && kind.equals("schema")) {
            return "not begin with \"pg_\", which PostgreSQL keeps for itself";
        }
        if (prefix.indexOf('\0') >= 0) {
            return "not hold a NUL character";
        }
        return StandardCharsets.UTF_8.newEncoder().canEncode(prefix) ? "" : "be valid Unicode";
    }

    /**
     * The next name of a run.
     *
     * @throws ChaosException if it is longer than PostgreSQL's names can be
     */
    public static SchemaName next(String prefix, Run run, Instant now) {
        return new SchemaName(next("schema", prefix, run, now));
    }

    static String next(String kind, String prefix, Run run, Instant now) {
        String text = run.unique(requirePrefix(kind, prefix) + "_" + stamp(now));
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > BYTES_MAX) {
            throw new ChaosException(
                    "A " + kind + " name must have at most " + BYTES_MAX + " bytes in UTF-8, but \"" + text + "\" has "
                            + bytes + ". Shorten the prefix \"" + prefix + "\" by " + (bytes - BYTES_MAX) + ".");
        }
        return text;
    }

    /**
     * Checks a name that users give as a whole.
     *
     * @throws ChaosException if it is empty, too long, or not a name at all
     */
    public static void requireIdentifier(String kind, String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > BYTES_MAX || name.indexOf('\0') >= 0) {
            throw new ChaosException("A " + kind + " name must have 1 to " + BYTES_MAX
                    + " bytes in UTF-8 without NUL, but was \"" + name.replace("\0", "\\0") + "\" with " + bytes
                    + ". Use for example \"draft\".");
        }
    }

    /** Seconds since 1970, as names have them. */
    static String stamp(Instant now) {
        return Long.toString(now.getEpochSecond(), RADIX);
    }

    /** What {@link #stamp} was made of. */
    static Instant instant(String stamp) {
        return Instant.ofEpochSecond(Long.parseLong(stamp, RADIX));
    }

    /** When a schema was made, if its name is one that {@link #next} gives for this prefix. */
    public static Optional<Instant> madeAt(String prefix, String name) {
        if (!name.startsWith(prefix)) {
            return Optional.empty();
        }
        Matcher rest = REST.matcher(name.substring(prefix.length()));
        return rest.matches() ? Optional.of(instant(rest.group(1))) : Optional.empty();
    }

    /** The name as SQL takes it, whatever it holds. */
    public String quoted() {
        return quote(text);
    }

    /** The session default that puts this schema first. */
    public String searchPath(boolean includePublic) {
        return includePublic ? quoted() + ",public" : quoted();
    }

    /** An identifier as SQL takes it, whatever it holds. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
