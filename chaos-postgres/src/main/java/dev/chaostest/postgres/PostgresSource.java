// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.ServerOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Which PostgreSQL the settings ask for; nothing is opened or started here. */
sealed interface PostgresSource {

    /** A running one of the user's. */
    record External(JdbcTarget target, Optional<Integer> major, boolean create) implements PostgresSource {}

    /** One of our own. */
    record Own(ServerOptions options, String origin) implements PostgresSource {}

    /** The settings' URL, else libpq's variables, else a server of our own. */
    static PostgresSource choose(Function<String, Optional<String>> settings, Map<String, String> environment) {
        Settings known = new Settings(settings, environment);
        return known.url()
                .or(known::libpq)
                .<PostgresSource>map(target -> new External(target, known.major(), known.create()))
                .orElseGet(known::own);
    }

    /** What the user set, with empty values as if unset. */
    record Settings(Function<String, Optional<String>> values, Map<String, String> environment) {

        /** Alone, they would be ignored without a word. */
        private void requireUrlForCredentials() {
            for (String key : List.of("chaos.jdbc.user", "chaos.jdbc.password", "chaos.jdbc.create")) {
                if (value(key).isPresent()) {
                    throw new PostgresUnavailableException(key + " must go with chaos.jdbc.url, but that is not set. "
                            + "Set it, or remove " + key + ".");
                }
            }
        }

        Optional<JdbcTarget> url() {
            if (value("chaos.jdbc.url").isEmpty()) {
                requireUrlForCredentials();
            }
            return value("chaos.jdbc.url")
                    .map(url -> JdbcTarget.of(
                            "chaos.jdbc.url", url, value("chaos.jdbc.user"), value("chaos.jdbc.password")));
        }

        Optional<JdbcTarget> libpq() {
            if (variable("PGHOST").isEmpty()
                    && variable("PGPORT").isEmpty()
                    && variable("PGDATABASE").isEmpty()) {
                return Optional.empty();
            }
            String host = variable("PGHOST").orElse("localhost");
            if (host.startsWith("/") || host.contains(",")) {
                throw new PostgresUnavailableException(
                        "PGHOST must be one host name or address for a Java driver, but was " + host
                                + ". Set chaos.jdbc.url, or set PGHOST to a host name.");
            }
            String user = variable("PGUSER").orElse(System.getProperty("user.name"));
            String database = URLEncoder.encode(variable("PGDATABASE").orElse(user), StandardCharsets.UTF_8);
            String url = "jdbc:postgresql://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                    + variable("PGPORT").orElse("5432") + "/" + database;
            return Optional.of(
                    JdbcTarget.of("PGHOST, PGPORT and PGDATABASE", url, Optional.of(user), variable("PGPASSWORD")));
        }

        Own own() {
            Optional<Path> home = path("chaos.postgres.home");
            ServerOptions options =
                    new ServerOptions(home, major(), path("chaos.postgres.directory"), Map.of(), false, Map.of());
            return new Own(options, home.isPresent() ? "chaos.postgres.home" : "the class path");
        }

        Optional<Integer> major() {
            return value("chaos.postgres.version").map(text -> {
                if (!text.matches("1[5-9]|[2-9][0-9]")) {
                    throw new PostgresUnavailableException("chaos.postgres.version must be a major version from 15 on,"
                            + " but was " + text + ". Set it to 15, 16, 17 or 18, or remove it.");
                }
                return Integer.parseInt(text);
            });
        }

        boolean create() {
            return value("chaos.jdbc.create")
                    .map(text -> switch (text) {
                        case "true" -> true;
                        case "false" -> false;
                        default ->
                            throw new PostgresUnavailableException("chaos.jdbc.create must be true or false, but was "
                                    + text + ". Set it to true to have a missing database created.");
                    })
                    .orElse(false);
        }

        private Optional<Path> path(String key) {
            return value(key).map(text -> {
                try {
                    return Path.of(text);
                } catch (InvalidPathException e) {
                    throw new PostgresUnavailableException(
                            key + " must be a path, but was " + text + ". Set it to a directory.", e);
                }
            });
        }

        private Optional<String> value(String key) {
            return values.apply(key).filter(text -> !text.isBlank());
        }

        private Optional<String> variable(String name) {
            return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
        }
    }
}
