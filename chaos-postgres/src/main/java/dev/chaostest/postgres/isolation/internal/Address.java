// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * Where a schema is, without a password: what a person needs to look into it.
 *
 * @param hosts {@code host:port}, several with commas
 * @param database not encoded
 * @param user not encoded
 */
public record Address(String hosts, String database, String user) {

    /** The server behind a connection; asks it nothing. */
    public static Address of(Connection connection) throws SQLException {
        String url = connection.getMetaData().getURL();
        Properties parsed = Driver.parseURL(url, null);
        String user = connection.getMetaData().getUserName();
        if (parsed == null) {
            return new Address("localhost", "", user);
        }
        String[] hosts = parsed.getProperty("PGHOST", "localhost").split(",", -1);
        String[] ports = parsed.getProperty("PGPORT", "5432").split(",", -1);
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < hosts.length; i++) {
            joined.append(i == 0 ? "" : ",")
                    .append(host(hosts[i]))
                    .append(':')
                    .append(ports[Math.min(i, ports.length - 1)]);
        }
        return new Address(joined.toString(), parsed.getProperty("PGDBNAME", user), user);
    }

    private static String host(String given) {
        if (given.isBlank()) {
            return "localhost";
        }
        return given.contains(":") && !given.startsWith("[") ? "[" + given + "]" : given;
    }

    /** The same server, with another database. */
    public Address withDatabase(String other) {
        return new Address(hosts, other, user);
    }

    /** What psql takes. */
    public String psql() {
        return "psql '" + uri() + "'";
    }

    /** What a JDBC client takes. */
    public String jdbc() {
        return "jdbc:postgresql://" + hosts + "/" + encoded(database) + "?user=" + encoded(user);
    }

    private String uri() {
        return "postgresql://" + encoded(user) + "@" + hosts + "/" + encoded(database);
    }

    /** What psql takes. */
    public String psql(String searchPath) {
        String option = "-csearch_path=" + searchPath.replace("\\", "\\\\").replaceAll("(\\s)", "\\\\$1");
        return "psql '" + uri() + "?options=" + encoded(option) + "'";
    }

    /** What a JDBC client takes. */
    public String jdbc(String searchPath) {
        return jdbc() + "&currentSchema=" + encoded(searchPath);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
