// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A URL of pgjdbc with its properties.
 *
 * @param base what stands before the question mark
 * @param query {@code name=value} pairs, encoded
 */
public record JdbcUrl(String base, List<String> query) {

    private static final String PREFIX = "jdbc:postgresql:";

    /** Whether pgjdbc takes it, and not another driver around it. */
    public static boolean isPostgres(String url) {
        return url.startsWith(PREFIX);
    }

    /** Takes a URL apart. */
    public static JdbcUrl parse(String url) {
        int mark = url.indexOf('?');
        if (mark < 0) {
            return new JdbcUrl(url, List.of());
        }
        List<String> pairs = Arrays.stream(url.substring(mark + 1).split("&"))
                .filter(pair -> !pair.isEmpty())
                .toList();
        return new JdbcUrl(url.substring(0, mark), pairs);
    }

    /** The value of a property, decoded; of the last one, as the driver does. */
    public Optional<String> property(String name) {
        return query.stream()
                .filter(pair -> name.equals(name(pair)))
                .reduce((first, second) -> second)
                .map(pair -> decoded(pair.contains("=") ? pair.substring(pair.indexOf('=') + 1) : ""));
    }

    /** A copy with these properties instead of those of the same names. */
    public JdbcUrl with(Map<String, String> properties) {
        List<String> pairs = new ArrayList<>(without(properties.keySet()));
        properties.forEach((name, value) -> pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return new JdbcUrl(base, pairs);
    }

    private List<String> without(Set<String> names) {
        return query.stream().filter(pair -> !names.contains(name(pair))).toList();
    }

    private static String name(String pair) {
        int equals = pair.indexOf('=');
        return equals < 0 ? pair : pair.substring(0, equals);
    }

    private static String decoded(String value) {
        return URLDecoder.decode(value, StandardCharsets.UTF_8);
    }

    /** The URL as the driver takes it. It may hold a password. */
    public String text() {
        return query.isEmpty() ? base : base + "?" + String.join("&", query);
    }

    /** Without properties, since one may be a password. */
    @Override
    public String toString() {
        return base;
    }
}
