// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.advice;

import dev.chaostest.plan.ChaosException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Looks at the settings of a DataSource, and says which would hurt when something fails.
 *
 * <p>Of the driver: {@code connectTimeout}, {@code loginTimeout}, {@code socketTimeout}, {@code cancelSignalTimeout}, {@code
 * tcpKeepAlive}, {@code ApplicationName}. Of a pool of HikariCP: {@code connectionTimeout}, {@code validationTimeout}, {@code
 * maxLifetime}, {@code keepaliveTime}, {@code leakDetectionThreshold}, {@code autoCommit}, {@code maximumPoolSize}. Of a session, as
 * the server says: {@code statement_timeout} (or the driver's {@code queryTimeout}), {@code
 * idle_in_transaction_session_timeout}. What one application needs another may not: {@link #except} accepts a setting as it is.
 *
 * <p>Nothing is changed. {@link #of} borrows one connection to ask the server, {@link #ofSettings} connects nowhere.
 *
 * <pre>{@code
 * @Test
 * void theDataSourceIsFitForFailures() {
 *     Advice.of(bank).except("leakDetectionThreshold").require();
 * }
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: pgjdbc documentation, "Connecting to the Database"; HikariCP's README;
 * PostgreSQL documentation, "Client Connection Defaults".
 *
 * @since 0.1
 */
public final class Advice {

    private static final Set<String> KNOWN =
            Arrays.stream(Rule.values()).map(Rule::setting).collect(Collectors.toUnmodifiableSet());

    private final String of;
    private final List<Recommendation> recommendations;

    private Advice(String of, List<Recommendation> recommendations) {
        this.of = of;
        this.recommendations = List.copyOf(recommendations);
    }

    /**
     * Looks at the settings, and asks the server for those of the session.
     *
     * @param source pgjdbc's, HikariCP's, or one that leads to one of them by {@code unwrap}
     * @throws ChaosException if it is another, or gives no connection
     */
    public static Advice of(DataSource source) {
        return of(Configuration.of(source).withServer(ServerSettings.ask(source)));
    }

    /**
     * Looks at the settings only; what only the server knows is not looked at.
     *
     * @param source as for {@link #of}
     * @throws ChaosException if it is of another kind
     */
    public static Advice ofSettings(DataSource source) {
        return of(Configuration.of(source));
    }

    private static Advice of(Configuration configuration) {
        return new Advice(
                configuration.name(),
                Arrays.stream(Rule.values())
                        .flatMap(rule -> rule.check(configuration).stream())
                        .toList());
    }

    /** What should be another; empty if all is fine. In the order: connecting, statements, sessions, pool. */
    public List<Recommendation> recommendations() {
        return recommendations;
    }

    /**
     * Accepts these settings as they are.
     *
     * @param settings their names, as in {@link Recommendation#setting}
     * @throws ChaosException if a name is not one that is looked at
     */
    public Advice except(String... settings) {
        Set<String> accepted = known(settings);
        return new Advice(
                of,
                recommendations.stream()
                        .filter(each -> !accepted.contains(each.setting()))
                        .toList());
    }

    /**
     * Looks at these settings only.
     *
     * @param settings their names, as in {@link Recommendation#setting}
     * @throws ChaosException if a name is not one that is looked at
     */
    public Advice only(String... settings) {
        Set<String> wanted = known(settings);
        return new Advice(
                of,
                recommendations.stream()
                        .filter(each -> wanted.contains(each.setting()))
                        .toList());
    }

    private static Set<String> known(String... settings) {
        for (String setting : settings) {
            if (!KNOWN.contains(Objects.requireNonNull(setting, "setting"))) {
                throw new ChaosException("A setting must be one of " + new TreeSet<>(KNOWN) + ", but was \"" + setting
                        + "\". Case matters.");
            }
        }
        return Set.of(settings);
    }

    /**
     * Fails if there is anything to recommend.
     *
     * @throws AssertionError with all of it
     */
    public void require() {
        if (!recommendations.isEmpty()) {
            throw new AssertionError(this + "\n  accept   : one as it is with except(\""
                    + recommendations.get(0).setting() + "\")");
        }
    }

    @Override
    public String toString() {
        String head = of
                + (recommendations.isEmpty()
                        ? " is fit for failures."
                        : " must be fit for failures, but "
                                + (recommendations.size() == 1
                                        ? "a setting is not."
                                        : recommendations.size() + " settings are not."));
        return head + recommendations.stream().map(each -> "\n  " + each).collect(Collectors.joining());
    }
}
