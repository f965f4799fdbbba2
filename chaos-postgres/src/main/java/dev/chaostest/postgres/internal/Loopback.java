// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.internal;

import dev.chaostest.plan.ChaosException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.postgresql.Driver;

/**
 * Refuses chaos on a server that is not on this machine, unless its owner lists it.
 *
 * <p>A private address is not this machine: it may well be production. A name counts as loopback if all of its addresses do.
 * Not seen: a tunnel or a pooler on this machine that leads elsewhere.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Loopback {

    /** The setting that lists other hosts, comma separated. */
    public static final String ALLOWED_HOSTS = "chaos.allowed-hosts";

    /** Ours, and the one for Unix sockets. Those of the clouds lead elsewhere, whatever the host says. */
    private static final List<String> LOCAL_FACTORIES = List.of("dev.chaostest.", "org.newsclub.net.unix.");

    private final Set<String> allowed;
    private final Resolver resolver;

    /** Finds the addresses of a host. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    Loopback(String allowedHosts, Resolver resolver) {
        this.allowed = Arrays.stream(allowedHosts.split(","))
                .map(Loopback::normal)
                .filter(host -> !host.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        this.resolver = resolver;
    }

    /**
     * A guard with exceptions.
     *
     * @param allowedHosts names or addresses as URLs have them, comma separated; empty for none
     */
    public static Loopback allowing(String allowedHosts) {
        return new Loopback(allowedHosts, InetAddress::getAllByName);
    }

    /**
     * Checks the server of a connection.
     *
     * @throws ChaosException as {@link #require(String)} does
     */
    public void require(Connection connection) throws SQLException {
        require(connection.getMetaData().getURL());
    }

    /**
     * Checks all hosts of a URL.
     *
     * @throws ChaosException if one is neither on this machine nor listed, or if it is not a URL of pgjdbc
     */
    public void require(String url) {
        Properties parsed = parsed(url);
        String factory = parsed.getProperty("socketFactory", "");
        boolean anywhere = !factory.isEmpty() && LOCAL_FACTORIES.stream().noneMatch(factory::startsWith);
        for (String host : parsed.getProperty("PGHOST", "localhost").split(",", -1)) {
            requireOneOf(host.isBlank() ? "localhost" : normal(host), anywhere ? "is reached by " + factory : "");
        }
    }

    private void requireOneOf(String host, String elsewhere) {
        if (allowed.contains(host)) {
            return;
        }
        if (!elsewhere.isEmpty()) {
            throw refused(host, elsewhere);
        }
        if (!isSocket(host)) {
            requireLoopback(host);
        }
    }

    private static Properties parsed(String url) {
        Properties parsed = Driver.parseURL(url, null);
        if (parsed == null) {
            throw new ChaosException("Chaos must know its server, but the URL is not one of pgjdbc. Its form is"
                    + " jdbc:postgresql://host:5432/database.");
        }
        return parsed;
    }

    private static String normal(String host) {
        String plain = host.strip().toLowerCase(Locale.ROOT);
        return plain.startsWith("[") && plain.endsWith("]") ? plain.substring(1, plain.length() - 1) : plain;
    }

    /** A directory, as libpq writes it, also encoded; {@code @} is an abstract one. */
    private static boolean isSocket(String host) {
        return host.startsWith("/") || host.startsWith("%2f") || host.startsWith("@");
    }

    private void requireLoopback(String host) {
        try {
            for (InetAddress address : resolver.resolve(host)) {
                if (!address.isLoopbackAddress()) {
                    throw refused(host, "is " + address.getHostAddress());
                }
            }
        } catch (UnknownHostException e) {
            throw refused(host, "can't be resolved");
        }
    }

    private ChaosException refused(String host, String found) {
        Set<String> all = new TreeSet<>(allowed);
        all.add(host);
        return new ChaosException("Chaos must run on a server on this machine, or on one that is listed in "
                + ALLOWED_HOSTS + ", but host \"" + host + "\" " + found + ". If that server may be broken, set "
                + ALLOWED_HOSTS + "=" + String.join(",", all) + ".");
    }
}
