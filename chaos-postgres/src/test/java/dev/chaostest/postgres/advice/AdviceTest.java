// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.TestServer;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGPoolingDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ds.common.BaseDataSource;

class AdviceTest {

    private static final String TIMEOUTS = "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s";

    private static <D extends BaseDataSource> D good(D source) {
        source.setUrl(TestServer.url());
        source.setUser("postgres");
        source.setConnectTimeout(5);
        source.setLoginTimeout(15);
        source.setSocketTimeout(60);
        source.setCancelSignalTimeout(10);
        source.setTcpKeepAlive(true);
        source.setApplicationName("advice");
        source.setOptions(TIMEOUTS);
        return source;
    }

    private static HikariDataSource goodPool(DataSource driver) {
        HikariDataSource pool = new HikariDataSource();
        pool.setPoolName("bank");
        pool.setDataSource(driver);
        pool.setConnectionTimeout(10_000);
        pool.setValidationTimeout(2_000);
        pool.setMaxLifetime(1_800_000);
        pool.setKeepaliveTime(120_000);
        pool.setLeakDetectionThreshold(30_000);
        pool.setMaximumPoolSize(2);
        return pool;
    }

    @Test
    void goodSettingsGiveNothingToSay() {
        PGSimpleDataSource driver = good(new PGSimpleDataSource());
        try (HikariDataSource pool = goodPool(driver)) {
            for (DataSource source : List.of(driver, pool)) {
                Advice advice = Advice.of(source);
                assertThat(advice.recommendations()).isEmpty();
                advice.require();
            }
            assertThat(Advice.of(pool)).hasToString("The pool \"bank\" is fit for failures.");
        }
    }

    private static Arguments driver(String setting, String found, Consumer<PGSimpleDataSource> change) {
        return Arguments.of(setting, found, change);
    }

    private static Stream<Arguments> badDrivers() {
        return Stream.of(
                driver("connectTimeout", "off", source -> source.setConnectTimeout(0)),
                driver("cancelSignalTimeout", "off", source -> source.setCancelSignalTimeout(0)),
                driver("tcpKeepAlive", "false", source -> source.setTcpKeepAlive(false)),
                driver("ApplicationName", "empty", source -> source.setApplicationName("")),
                driver("ApplicationName", "the driver's own name", source -> source.setApplicationName(null)),
                driver("socketTimeout", "off", source -> source.setSocketTimeout(0)),
                driver(
                        "socketTimeout",
                        "20s, not above statement_timeout (30s)",
                        source -> source.setSocketTimeout(20)),
                driver(
                        "statement_timeout",
                        "off",
                        source -> source.setOptions("-c idle_in_transaction_session_timeout=60s")),
                driver(
                        "idle_in_transaction_session_timeout",
                        "off",
                        source -> source.setOptions("-c statement_timeout=30s")));
    }

    @ParameterizedTest
    @MethodSource("badDrivers")
    void eachBadSettingOfTheDriverOrTheSessionIsSaid(
            String setting, String found, Consumer<PGSimpleDataSource> change) {
        PGSimpleDataSource driver = good(new PGSimpleDataSource());
        change.accept(driver);
        assertThat(Advice.of(driver).recommendations()).singleElement().satisfies(each -> {
            assertThat(each.setting()).isEqualTo(setting);
            assertThat(each.found()).isEqualTo(found);
            assertThat(each.recommended()).isNotBlank();
            assertThat(each.why()).endsWith(".");
        });
    }

    @Test
    void loginTimeoutIsNeededWhereNothingElseEndsIt() {
        PGSimpleDataSource driver = good(new PGSimpleDataSource());
        driver.setLoginTimeout(0);
        Advice.of(driver).require();
        driver.setSocketTimeout(0);
        assertThat(settings(Advice.of(driver))).containsExactly("loginTimeout", "socketTimeout");
        try (HikariDataSource pool = goodPool(driver)) {
            assertThat(settings(Advice.of(pool))).containsExactly("socketTimeout");
        }
    }

    private static Arguments pool(String setting, String found, Consumer<HikariDataSource> change) {
        return Arguments.of(setting, found, change);
    }

    private static Stream<Arguments> badPools() {
        return Stream.of(
                pool("connectionTimeout", "off", pool -> pool.setConnectionTimeout(0)),
                pool("connectionTimeout", "4s, below the driver's connectTimeout (5s)", pool -> {
                    pool.setConnectionTimeout(4_000);
                }),
                pool("validationTimeout", "10s, not below connectionTimeout (10s)", pool -> {
                    pool.setValidationTimeout(10_000);
                }),
                pool("maxLifetime", "off", pool -> pool.setMaxLifetime(0)),
                pool("keepaliveTime", "off", pool -> pool.setKeepaliveTime(0)),
                pool("leakDetectionThreshold", "off", pool -> pool.setLeakDetectionThreshold(0)),
                pool("autoCommit", "false", pool -> pool.setAutoCommit(false)));
    }

    @ParameterizedTest
    @MethodSource("badPools")
    void eachBadSettingOfThePoolIsSaid(String setting, String found, Consumer<HikariDataSource> change) {
        try (HikariDataSource pool = goodPool(good(new PGSimpleDataSource()))) {
            change.accept(pool);
            assertThat(Advice.of(pool).recommendations()).singleElement().satisfies(each -> {
                assertThat(each.setting()).isEqualTo(setting);
                assertThat(each.found()).isEqualTo(found);
                assertThat(each.recommended()).isNotBlank();
                assertThat(each.why()).endsWith(".");
            });
        }
    }

    /** What is followed at once is right at once: no advice stands in the way of another. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 30000, 5000, 1800000",
        "0, 120000, 30000, 5000, 1800000",
        "20, 0, 30000, 5000, 1800000",
        "20, 30000, 30000, 5000, 1800000",
        "60, 30000, 1500, 5000, 1800000",
        "60, 30000, 250, 5000, 1800000",
        "60, 30000, 30000, 5000, 60000",
        "60, 30000, 0, 5000, 0"
    })
    void whatIsFollowedIsNotSaidAgain(int socket, int statement, long connection, long validation, long lifetime) {
        PGSimpleDataSource driver = new PGSimpleDataSource();
        driver.setUrl(TestServer.url());
        driver.setUser("postgres");
        driver.setConnectTimeout(0);
        driver.setSocketTimeout(socket);
        driver.setOptions("-c statement_timeout=" + statement);
        HikariDataSource before = new HikariDataSource();
        HikariDataSource after = new HikariDataSource();
        for (HikariDataSource pool : List.of(before, after)) {
            pool.setDataSource(driver);
            pool.setMaximumPoolSize(1);
            pool.setConnectionTimeout(connection);
            pool.setValidationTimeout(validation);
            pool.setMaxLifetime(lifetime);
        }
        try (before;
                after) {
            List<Recommendation> said = Advice.of(before).recommendations();
            said.forEach(each -> follow(each, driver, after));
            assertThat(Advice.of(after).recommendations()).as("after %s", said).isEmpty();
        }
    }

    private static void follow(Recommendation said, PGSimpleDataSource driver, HikariDataSource pool) {
        Matcher value = Pattern.compile("(\\w+)=(\\d+)").matcher(said.recommended());
        int number = value.find() ? Integer.parseInt(value.group(2)) : 0;
        switch (number == 0 ? said.setting() : value.group(1)) {
            case "connectTimeout" -> driver.setConnectTimeout(number);
            case "socketTimeout" -> driver.setSocketTimeout(number);
            case "tcpKeepAlive" -> driver.setTcpKeepAlive(true);
            case "ApplicationName" -> driver.setApplicationName("advice");
            case "statement_timeout", "idle_in_transaction_session_timeout" -> {
                String unit = said.recommended().contains(number + "ms") ? "ms" : "s";
                driver.setOptions(driver.getOptions() + " -c " + value.group(1) + "=" + number + unit);
            }
            case "connectionTimeout" -> pool.setConnectionTimeout(number);
            case "validationTimeout" -> pool.setValidationTimeout(number);
            case "maxLifetime" -> pool.setMaxLifetime(number);
            case "keepaliveTime" -> pool.setKeepaliveTime(number);
            case "leakDetectionThreshold" -> pool.setLeakDetectionThreshold(number);
            default -> throw new AssertionError("nobody knows how to follow " + said);
        }
    }

    @Test
    void poolThatTheServerCantServeIsSaid() {
        try (HikariDataSource pool = goodPool(good(new PGSimpleDataSource()))) {
            pool.setMinimumIdle(0);
            pool.setMaximumPoolSize(100_000);
            assertThat(Advice.of(pool).recommendations())
                    .singleElement()
                    .satisfies(
                            each -> assertThat(each.found()).matches("100000, above what the server takes \\(\\d+\\)"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"URL", "class name"})
    void poolIsReadHoweverItConnects(String how) {
        try (HikariDataSource pool = goodPool(null)) {
            if (how.equals("URL")) {
                pool.setJdbcUrl(TestServer.url() + "?ApplicationName=advice&socketTimeout=60&tcpKeepAlive=true");
                pool.addDataSourceProperty("cancelSignalTimeout", "0");
            } else {
                pool.setDataSourceClassName(PGSimpleDataSource.class.getName());
                pool.addDataSourceProperty("url", TestServer.url());
                pool.addDataSourceProperty("applicationName", "advice");
                pool.addDataSourceProperty("socketTimeout", "60");
                pool.addDataSourceProperty("tcpKeepAlive", "true");
                pool.addDataSourceProperty("cancelSignalTimeout", "0");
            }
            pool.setUsername("postgres");
            assertThat(settings(Advice.ofSettings(pool))).containsExactly("cancelSignalTimeout");
        }
    }

    @Test
    @SuppressWarnings("deprecation") // it is still in use
    void otherDataSourcesOfTheDriverAndWrappersAreLookedThrough() {
        PGPoolingDataSource pooling = good(new PGPoolingDataSource());
        pooling.setTcpKeepAlive(false);
        for (DataSource source : List.of(pooling, wrapping(pooling), wrapping(wrapping(pooling)))) {
            assertThat(settings(Advice.ofSettings(source))).containsExactly("tcpKeepAlive");
        }
        try (HikariDataSource pool = goodPool(pooling)) {
            pool.setMaxLifetime(0);
            assertThat(settings(Advice.ofSettings(wrapping(pool)))).contains("maxLifetime");
        }
    }

    @Test
    void whatOnlyTheServerKnowsIsNotLookedAtWithoutIt() {
        PGSimpleDataSource nowhere = good(new PGSimpleDataSource());
        nowhere.setOptions(null);
        nowhere.setPortNumbers(new int[] {1});
        Advice.ofSettings(nowhere).require();
        assertThatThrownBy(() -> Advice.of(nowhere))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "A DataSource must give a connection to be advised on, but answered 08001. Look at the cause, or "
                                + "use Advice.ofSettings, which connects nowhere.");
    }

    @Test
    void whatIsAcceptedIsNotSaid() {
        PGSimpleDataSource driver = good(new PGSimpleDataSource());
        driver.setTcpKeepAlive(false);
        driver.setConnectTimeout(0);
        Advice advice = Advice.ofSettings(driver);
        advice.except("tcpKeepAlive", "connectTimeout").require();
        advice.only("socketTimeout").require();
        assertThat(settings(advice.only("tcpKeepAlive"))).containsExactly("tcpKeepAlive");
        assertThatThrownBy(advice::require).isInstanceOf(AssertionError.class).hasMessage("""
                        The PGSimpleDataSource must be fit for failures, but 2 settings are not.
                          connectTimeout is off; set connectTimeout=10 (seconds). A host that does not answer holds who connects \
                        until the system gives up, after minutes.
                          tcpKeepAlive is false; set tcpKeepAlive=true. A firewall forgets a connection that is silent for long, \
                        and nobody notices until it is used.
                          accept   : one as it is with except("connectTimeout")""");
    }

    @Test
    void mistakesAreSaid() {
        Advice advice = Advice.ofSettings(good(new PGSimpleDataSource()));
        assertThatThrownBy(() -> advice.except("sockettimeout"))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "A setting must be one of [ApplicationName, autoCommit, cancelSignalTimeout, connectTimeout, "
                                + "connectionTimeout, idle_in_transaction_session_timeout, keepaliveTime, leakDetectionThreshold, "
                                + "loginTimeout, maxLifetime, maximumPoolSize, socketTimeout, statement_timeout, tcpKeepAlive, "
                                + "validationTimeout], but was \"sockettimeout\". Case matters.");
        DataSource other = new Other();
        assertThatThrownBy(() -> Advice.of(other))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "A DataSource must be pgjdbc's or HikariCP's to be advised on, or lead to one of them by unwrap, "
                                + "but " + Other.class.getName()
                                + " does not. Hand over the one that it delegates to.");
    }

    private static List<String> settings(Advice advice) {
        return advice.recommendations().stream().map(Recommendation::setting).toList();
    }

    /** One that delegates, as frameworks have them. */
    private static DataSource wrapping(DataSource inner) {
        return (DataSource) Proxy.newProxyInstance(
                AdviceTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                    Class<?> asked = args != null && args.length == 1 && args[0] instanceof Class<?> type ? type : null;
                    if (asked == null) {
                        return method.invoke(inner, args);
                    }
                    boolean here = asked.isInstance(inner);
                    if (method.getName().equals("unwrap")) {
                        return here ? inner : inner.unwrap(asked);
                    }
                    return here || inner.isWrapperFor(asked);
                });
    }

    /** Of no kind that is known. */
    private static final class Other implements DataSource {
        @Override
        public Connection getConnection() throws SQLException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }

        @Override
        public PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("nothing is wrapped");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
