// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes passwords out of text that people will read: {@code PASSWORD '...'}, {@code password=...}, {@code DB_PASSWORD: ...}. */
public final class Secrets {

    private static final String KEY = "(?i)(password|passwd|pwd)(\"?\\s*[=:](?!:)\\s*|\\s+)";
    /** Also where it stands in a literal itself, with its quotes doubled; and where the end was cut off. */
    private static final String QUOTED = "E?'+(?:[^'\\\\]|''|\\\\.)*+'*";

    private static final String IN_DOLLARS = "\\$\\w*\\$[^$]*+(?:\\$\\w*\\$)?";
    /** Behind an equals sign or a colon only, and not a parameter. */
    private static final String BARE = "(?<=[=:]\\s{0,9})(?:\"[^\"]*+\"?|(?![$?])[^\\s'\"&;,)]+)";

    private static final Pattern PASSWORD = Pattern.compile(KEY + "(?:" + QUOTED + "|" + IN_DOLLARS + "|" + BARE + ")");

    private Secrets() {}

    /** The same text without them. */
    public static String takenOutOf(String statement) {
        return PASSWORD.matcher(statement)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1) + found.group(2) + "***"));
    }
}
