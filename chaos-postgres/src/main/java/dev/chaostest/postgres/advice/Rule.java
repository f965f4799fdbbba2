// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.advice;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** What is looked at: each is red for one setting that hurts, and silent otherwise. */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum Rule {
    CONNECT_TIMEOUT("connectTimeout", Rule::connectTimeout),
    LOGIN_TIMEOUT("loginTimeout", Rule::loginTimeout),
    SOCKET_TIMEOUT("socketTimeout", Rule::socketTimeout),
    CANCEL_SIGNAL_TIMEOUT("cancelSignalTimeout", Rule::cancelSignalTimeout),
    TCP_KEEP_ALIVE("tcpKeepAlive", Rule::tcpKeepAlive),
    APPLICATION_NAME("ApplicationName", Rule::applicationName),
    STATEMENT_TIMEOUT("statement_timeout", Rule::statementTimeout),
    IDLE_IN_TRANSACTION("idle_in_transaction_session_timeout", Rule::idleInTransaction),
    CONNECTION_TIMEOUT("connectionTimeout", PoolRules::connectionTimeout),
    VALIDATION_TIMEOUT("validationTimeout", PoolRules::validationTimeout),
    MAX_LIFETIME("maxLifetime", PoolRules::maxLifetime),
    KEEPALIVE_TIME("keepaliveTime", PoolRules::keepaliveTime),
    LEAK_DETECTION("leakDetectionThreshold", PoolRules::leakDetection),
    AUTO_COMMIT("autoCommit", PoolRules::autoCommit),
    MAXIMUM_POOL_SIZE("maximumPoolSize", PoolRules::maximumPoolSize);

    static final String NONE = "off";
    private static final String DEFAULT_NAME = "PostgreSQL JDBC Driver";

    private final String setting;
    private final Function<Configuration, Optional<Wrong>> check;

    Rule(String setting, Function<Configuration, Optional<Wrong>> check) {
        this.setting = setting;
        this.check = check;
    }

    String setting() {
        return setting;
    }

    Optional<Recommendation> check(Configuration configuration) {
        return check.apply(configuration)
                .map(wrong -> new Recommendation(setting, wrong.found, wrong.recommended, wrong.why));
    }

    /** As in {@link Recommendation}. */
    record Wrong(String found, String recommended, String why) {}

    static Optional<Wrong> when(boolean wrong, String found, String recommended, String why) {
        return wrong ? Optional.of(new Wrong(found, recommended, why)) : Optional.empty();
    }

    static String print(Duration time) {
        return time.isZero() ? NONE : Durations.print(time);
    }

    private static Optional<Wrong> connectTimeout(Configuration of) {
        long pool = of.pool().map(it -> it.connectionTimeout().toSeconds()).orElse(0L);
        return when(
                of.seconds("connectTimeout").isZero(),
                NONE,
                "connectTimeout=" + (pool == 0 ? 10 : Math.min(10, pool)) + " (seconds)",
                "A host that does not answer holds who connects until the system gives up, after minutes.");
    }

    private static Optional<Wrong> loginTimeout(Configuration of) {
        boolean bounded = !of.seconds("loginTimeout").isZero()
                || !of.seconds("socketTimeout").isZero()
                || of.pool().isPresent(); // HikariCP's connectionTimeout bounds who waits for it
        return when(
                !bounded,
                NONE,
                "loginTimeout=15 (seconds), or a socketTimeout",
                "A server that accepts a connection and says nothing holds who connects for ever.");
    }

    private static Optional<Wrong> socketTimeout(Configuration of) {
        Duration socket = of.seconds("socketTimeout");
        Duration statement = of.server().map(ServerSettings::statementTimeout).orElse(Duration.ZERO);
        if (socket.isZero()) {
            return when(
                    true,
                    NONE,
                    "socketTimeout=" + Math.max(60, statement.toSeconds() + 5)
                            + " (seconds), above the longest statement",
                    "A server or a network that falls silent holds the caller, its connection and its locks' waiters for ever.");
        }
        return when(
                !statement.isZero() && socket.compareTo(statement) <= 0,
                print(socket) + ", not above statement_timeout (" + print(statement) + ")",
                "socketTimeout=" + (statement.toSeconds() + 5) + " (seconds)",
                "A slow statement costs its connection, and runs on, where the server would have cancelled it.");
    }

    private static Optional<Wrong> cancelSignalTimeout(Configuration of) {
        return when(
                of.seconds("cancelSignalTimeout").isZero(),
                NONE,
                "cancelSignalTimeout=10 (seconds)",
                "A cancel, as of a query time-out, waits for ever for a server that does not answer, and all later ones wait"
                        + " behind it.");
    }

    private static Optional<Wrong> tcpKeepAlive(Configuration of) {
        return when(
                !Boolean.parseBoolean(of.driver().getOrDefault("tcpKeepAlive", "false")),
                "false",
                "tcpKeepAlive=true",
                "A firewall forgets a connection that is silent for long, and nobody notices until it is used.");
    }

    private static Optional<Wrong> applicationName(Configuration of) {
        String name = of.driver().getOrDefault("ApplicationName", DEFAULT_NAME);
        return when(
                name.isBlank() || name.equals(DEFAULT_NAME),
                name.isBlank() ? "empty" : "the driver's own name",
                "ApplicationName to the name of the service",
                "Nobody can tell in pg_stat_activity or in the server's log whose session it is.");
    }

    private static Optional<Wrong> statementTimeout(Configuration of) {
        boolean off =
                of.server().filter(server -> server.statementTimeout().isZero()).isPresent();
        return when(
                off && of.seconds("queryTimeout").isZero(),
                NONE,
                "options=-c statement_timeout=" + belowSocketTimeout(of) + ", or the role's default",
                "A statement that waits for a lock, or whose plan has turned bad, runs until somebody sees it.");
    }

    private static String belowSocketTimeout(Configuration of) {
        long socket = of.seconds("socketTimeout").toMillis();
        long most = socket == 0 ? 30_000 : Math.min(30_000, socket / 2);
        return most % 1_000 == 0 ? most / 1_000 + "s" : most + "ms";
    }

    private static Optional<Wrong> idleInTransaction(Configuration of) {
        boolean off = of.server()
                .filter(server -> server.idleInTransaction().isZero())
                .isPresent();
        return when(
                off,
                NONE,
                "options=-c idle_in_transaction_session_timeout=60s, or the role's default",
                "A transaction that is forgotten keeps its locks, and keeps VACUUM from its work, until the session ends.");
    }
}
