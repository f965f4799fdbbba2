// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A database to connect to, with its secrets apart from its URL.
 *
 * @param origin who named it, for messages
 * @param url without user and password
 * @param user whom to connect as
 * @param password never printed
 */
record JdbcTarget(String origin, String url, Optional<String> user, Optional<String> password) {
    private static final String PREFIX = "jdbc:postgresql:";
    private static final Pattern CREDENTIALS = Pattern.compile("//.*@");
    private static final Pattern SECRETS =
            Pattern.compile("(?i)([?&][^=&]*(?:password|passwd|pwd|secret|token)[^=&]*=)[^&\\s]*");
    // Not the driver's own parser: its classes need annotations to compile against that nobody has.
    private static final Pattern ADDRESS = Pattern.compile(
            PREFIX + "(?://(?<host>\\[[^\\]]*\\]|[^:,/?\\[]+)?(?::(?<port>\\d{1,5}))?[^/?]*/?)?(?<database>[^/?]+)?");
    private static final String STARS = "***";

    /** Takes user and password out of the URL; those that come separately win. */
    static JdbcTarget of(String origin, String url, Optional<String> user, Optional<String> password) {
        if (!url.startsWith(PREFIX)) {
            throw new PostgresUnavailableException(origin + " must start with " + PREFIX + ", but was " + redact(url)
                    + ". Set it to a URL such as jdbc:postgresql://localhost:5432/test.");
        }
        int question = url.indexOf('?');
        String address = question < 0 ? url : url.substring(0, question);
        if (address.contains("@")) {
            throw new PostgresUnavailableException(origin + " must hold no user and password before its host, which"
                    + " the driver doesn't read, but was " + redact(url) + ". Set chaos.jdbc.user and"
                    + " chaos.jdbc.password instead.");
        }
        Map<String, String> taken = new LinkedHashMap<>();
        String rest = question < 0 ? "" : keep(url.substring(question + 1), taken);
        return new JdbcTarget(
                origin,
                rest.isEmpty() ? address : address + "?" + rest,
                user.or(() -> Optional.ofNullable(taken.get("user"))),
                password.or(() -> Optional.ofNullable(taken.get("password"))));
    }

    private static String keep(String query, Map<String, String> taken) {
        List<String> kept = new ArrayList<>();
        for (String parameter : query.split("&", -1)) {
            if (parameter.startsWith("user=") || parameter.startsWith("password=")) {
                int equals = parameter.indexOf('=');
                taken.put(
                        parameter.substring(0, equals),
                        URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8));
            } else if (!parameter.isEmpty()) {
                kept.add(parameter);
            }
        }
        return String.join("&", kept);
    }

    Properties credentials(Properties properties) {
        user.ifPresent(value -> properties.setProperty("user", value));
        password.ifPresent(value -> properties.setProperty("password", value));
        return properties;
    }

    String host() {
        String host = address("host").orElse("localhost");
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        return address("port").map(Integer::parseInt).orElse(5432);
    }

    String database() {
        return address("database")
                .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8))
                .orElse(user.orElse("postgres"));
    }

    /** The same server, with another database. */
    JdbcTarget withDatabase(String name) {
        int question = url.indexOf('?');
        String address = question < 0 ? url : url.substring(0, question);
        int hosts = address.startsWith(PREFIX + "//") ? PREFIX.length() + 2 : PREFIX.length();
        int slash = address.indexOf('/', hosts);
        String server = hosts == PREFIX.length() ? PREFIX : slash < 0 ? address + "/" : address.substring(0, slash + 1);
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return new JdbcTarget(origin, server + encoded + (question < 0 ? "" : url.substring(question)), user, password);
    }

    private Optional<String> address(String part) {
        Matcher matcher = ADDRESS.matcher(url);
        return matcher.lookingAt() ? Optional.ofNullable(matcher.group(part)) : Optional.empty();
    }

    /** The URL as it may be shown. */
    String redactedUrl() {
        return redact(url);
    }

    /** A text of somebody else's, as it may be shown. */
    String redact(Throwable failure) {
        String text = redact(String.valueOf(failure.getMessage()));
        return password.filter(secret -> !secret.isEmpty())
                .map(secret -> text.replace(secret, STARS))
                .orElse(text);
    }

    private static String redact(String text) {
        String withoutCredentials = CREDENTIALS.matcher(text).replaceAll("//" + STARS + "@");
        return SECRETS.matcher(withoutCredentials).replaceAll("$1" + STARS);
    }

    @Override
    public String toString() {
        return redactedUrl();
    }
}
