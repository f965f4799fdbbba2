// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.IsolationTestServer;
import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.isolation.SwitchedSource;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;

class TwinTest {

    private static final Map<String, String> CATALOG =
            Map.of("currentSchema", "\"pg_catalog\",public", "ApplicationName", "twin of it");

    private static final String SEEN =
            "SELECT current_setting('search_path') || ' ' || current_setting('application_name')";
    private static final String TWIN = "\"pg_catalog\",public twin of it";

    @Test
    void whatIsBelowAPoolWithTheSeamAndBelowWhatDelegatesIsFoundToo() throws SQLException {
        try (TestPool pool = TestPool.of(IsolationTestServer.admin(), 1, "used up");
                Connection only = pool.dataSource().getConnection()) {
            assertThat(only.isValid(30)).isTrue();
            DataSource delegating =
                    PoolMount.of(new SwitchedSource(pool::dataSource)).dataSource();
            for (DataSource source : List.of(pool.dataSource(), delegating)) {
                try (Connection below = Twin.unpooled(source, CATALOG).getConnection()) {
                    assertThat(Sql.column(below, SEEN)).containsExactly(TWIN);
                }
            }
        }
    }

    private static HikariConfig pool(Consumer<HikariConfig> connecting) {
        HikariConfig config = new HikariConfig();
        config.setUsername("postgres");
        config.setPassword("postgres");
        config.setMaximumPoolSize(3);
        config.setMinimumIdle(1);
        connecting.accept(config);
        return config;
    }

    static Stream<Named<HikariConfig>> waysToConnect() {
        String url = IsolationTestServer.url();
        String more = url.contains("?") ? "&" : "?";
        return Stream.of(
                Named.of("URL", pool(config -> config.setJdbcUrl(url))),
                Named.of(
                        "URL with the same properties",
                        pool(config -> config.setJdbcUrl(
                                url + more + "currentSchema=public&ApplicationName=mine&tcpKeepAlive=true"))),
                Named.of("URL and properties", pool(config -> {
                    config.setJdbcUrl(url);
                    config.addDataSourceProperty("currentSchema", "public");
                    config.addDataSourceProperty("ApplicationName", "mine");
                })),
                Named.of("class name and parts", pool(config -> {
                    PGSimpleDataSource admin = IsolationTestServer.admin();
                    config.setDataSourceClassName("org.postgresql.ds.PGSimpleDataSource");
                    config.addDataSourceProperty("serverName", admin.getServerNames()[0]);
                    config.addDataSourceProperty("portNumber", admin.getPortNumbers()[0]);
                    config.addDataSourceProperty("databaseName", admin.getDatabaseName());
                    config.addDataSourceProperty("currentSchema", "public");
                })),
                Named.of("class name and URL", pool(config -> {
                    config.setDataSourceClassName("org.postgresql.ds.PGSimpleDataSource");
                    config.addDataSourceProperty("url", url + more + "currentSchema=public");
                })),
                Named.of("instance", pool(config -> config.setDataSource(IsolationTestServer.admin()))),
                Named.of("with a schema of the pool's", pool(config -> {
                    config.setJdbcUrl(url);
                    config.setSchema("public");
                })));
    }

    @ParameterizedTest
    @MethodSource("waysToConnect")
    void aTwinOfAPoolHasThePropertiesAndTheOriginalDoesNot(HikariConfig config) {
        try (HikariDataSource original = new HikariDataSource(config)) {
            String before = new Sql(original).column(SEEN).get(0);
            try (Twin twin = Twin.of(original, CATALOG)) {
                assertThat(new Sql(twin.dataSource()).column(SEEN)).containsExactly(TWIN);
                assertThat(twin.dataSource()).isInstanceOfSatisfying(HikariDataSource.class, copy -> {
                    assertThat(copy.getMaximumPoolSize()).isEqualTo(3);
                    assertThat(copy.getPoolName()).isEqualTo(original.getPoolName() + "-chaos");
                });
            }
            original.getHikariPoolMXBean().softEvictConnections();
            assertThat(new Sql(original).column(SEEN)).containsExactly(before);
        }
    }

    @ParameterizedTest
    @MethodSource("waysToConnect")
    void whatIsBelowAPoolConnectsWhileThePoolIsUsedUp(HikariConfig config) throws SQLException {
        config.setMaximumPoolSize(1);
        try (HikariDataSource original = new HikariDataSource(config);
                Connection only = original.getConnection()) {
            DataSource unpooled = Twin.unpooled(original, CATALOG);

            assertThat(unpooled).isInstanceOf(PGSimpleDataSource.class);
            assertThat(new Sql(unpooled).column(SEEN)).containsExactly(TWIN);
            assertThat(Sql.column(only, "SELECT 1")).containsExactly("1");
        }
    }

    @Test
    void whatIsBelowAWrapperThatDoesNotSayItIsNotKnown() {
        DataSource silent = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> false);

        assertThatThrownBy(() -> Twin.unpooled(silent, CATALOG))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("A DataSource must be a HikariDataSource or a PGSimpleDataSource");
    }

    @Test
    void aPoolThatNobodyStartedYetCanHaveATwin() {
        try (HikariDataSource original = new HikariDataSource()) {
            original.setJdbcUrl(IsolationTestServer.url());
            original.setUsername("postgres");
            original.setPassword("postgres");
            try (Twin twin = Twin.of(original, CATALOG)) {
                assertThat(new Sql(twin.dataSource()).column(SEEN)).containsExactly(TWIN);
            }
            assertThat(original.isRunning()).isFalse();
        }
    }

    @Test
    void metricsHealthChecksAndBeansStayWithTheOriginal() {
        AtomicInteger trackers = new AtomicInteger();
        HikariConfig config = pool(each -> each.setJdbcUrl(IsolationTestServer.url()));
        config.setPoolName("measured");
        config.setRegisterMbeans(true);
        config.setMetricsTrackerFactory((name, stats) -> {
            trackers.incrementAndGet();
            return new IMetricsTracker() {};
        });
        try (HikariDataSource original = new HikariDataSource(config);
                Twin one = Twin.of(original, CATALOG);
                Twin two = Twin.of(original, CATALOG)) {
            assertThat(trackers).hasValue(1);
            assertThat(new Sql(one.dataSource()).column("SELECT 1")).containsExactly("1");
            assertThat(new Sql(two.dataSource()).column("SELECT 1")).containsExactly("1");
            assertThat(original.isRegisterMbeans()).isTrue();
        }
    }

    @Test
    void closingATwinEndsItsPoolOnly() {
        HikariConfig config = pool(each -> each.setJdbcUrl(IsolationTestServer.url()));
        try (HikariDataSource original = new HikariDataSource(config)) {
            Twin twin = Twin.of(original, CATALOG);
            twin.close();
            twin.close();
            assertThat(twin.dataSource())
                    .isInstanceOfSatisfying(
                            HikariDataSource.class,
                            copy -> assertThat(copy.isClosed()).isTrue());
            assertThat(new Sql(original).column("SELECT 1")).containsExactly("1");
        }
    }

    @Test
    void aTwinOfTheDriversIsACopyOfAllItsSettings() throws SQLException {
        PGSimpleDataSource original = IsolationTestServer.admin();
        original.setApplicationName("mine");
        original.setSocketTimeout(7);
        try (Twin twin = Twin.of(original, CATALOG);
                Connection connection = twin.dataSource().getConnection()) {
            assertThat(Sql.column(connection, SEEN)).containsExactly(TWIN);
            assertThat(twin.dataSource().unwrap(PGSimpleDataSource.class).getSocketTimeout())
                    .isEqualTo(7);
        }
        assertThat(original.getApplicationName()).isEqualTo("mine");
        assertThat(original.getCurrentSchema()).isNull();
    }

    @Test
    void noPropertiesAreFineToo() {
        try (Twin twin = Twin.of(IsolationTestServer.admin(), Map.of())) {
            assertThat(new Sql(twin.dataSource()).column("SELECT 1")).containsExactly("1");
        }
    }

    @Test
    void aDataSourceThatDelegatesIsRefusedWithAWayOut() {
        DataSource wrapping = new SwitchedSource(IsolationTestServer::admin);
        assertThatThrownBy(() -> Twin.of(wrapping, CATALOG))
                .isInstanceOf(ChaosException.class)
                .hasMessage("""
                        A DataSource must be a HikariDataSource or a PGSimpleDataSource to have a twin, but is \
                        dev.chaostest.postgres.isolation.SwitchedSource. Set two driver properties where it is made:
                          socketFactory    : dev.chaostest.postgres.wire.ChaosSocketFactory
                          socketFactoryArg : a name of your choice, one for each database
                        With Spring Boot, in the tests' application.properties:
                          spring.datasource.hikari.data-source-properties.socketFactory=dev.chaostest.postgres.wire.ChaosSocketFactory
                          spring.datasource.hikari.data-source-properties.socketFactoryArg=orders""");
    }

    @Test
    void subclassesAndOtherDriversAreRefused() {
        DataSource subclass = new PGSimpleDataSource() {};
        assertThatThrownBy(() -> Twin.of(subclass, CATALOG))
                .hasMessageContaining("but is " + getClass().getName());

        HikariConfig wrapped = pool(config -> config.setDataSource(new SwitchedSource(IsolationTestServer::admin)));
        try (HikariDataSource original = new HikariDataSource(wrapped)) {
            assertThatThrownBy(() -> Twin.of(original, CATALOG))
                    .hasMessageContaining("but is a HikariDataSource over " + SwitchedSource.class.getName());
        }
        try (HikariDataSource original = new HikariDataSource()) {
            original.setJdbcUrl("jdbc:h2:mem:x;PASSWORD=s3cret");
            assertThatThrownBy(() -> Twin.of(original, CATALOG))
                    .hasMessageContaining("with a URL that does not begin with jdbc:postgresql:")
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void aPropertyThatTheDriverDoesNotKnowIsRefused() {
        String message =
                "A driver property must be one that pgjdbc knows, but is \"applicationname\". Look for its name in"
                        + " org.postgresql.PGProperty; case matters.";
        Map<String, String> typo = Map.of("applicationname", "x");
        assertThatThrownBy(() -> Twin.of(IsolationTestServer.admin(), typo))
                .isInstanceOf(ChaosException.class)
                .hasMessage(message);
        try (HikariDataSource original = new HikariDataSource()) {
            original.setJdbcUrl(IsolationTestServer.url());
            assertThatThrownBy(() -> Twin.of(original, typo)).hasMessage(message);
        }
        assertThatThrownBy(() -> Twin.property(IsolationTestServer.admin(), "applicationname"))
                .hasMessage(message);
    }

    @Test
    void aMountedDataSourceIsRecognised() {
        String factory = "dev.chaostest.postgres.wire.ChaosSocketFactory";
        Map<String, String> mounted = Map.of("socketFactory", factory, "socketFactoryArg", "a b&c");

        PGSimpleDataSource plain = IsolationTestServer.admin();
        assertThat(Twin.property(plain, "socketFactory")).isEmpty();
        DataSource copy = Twin.of(plain, mounted).dataSource();
        assertThat(Twin.property(copy, "socketFactory")).contains(factory);
        assertThat(Twin.property(new SwitchedSource(() -> copy), "socketFactoryArg"))
                .contains("a b&c");
    }

    @Test
    void aMountedPoolIsRecognisedHoweverItConnects() {
        try (HikariDataSource byUrl = new HikariDataSource();
                HikariDataSource byProperty = new HikariDataSource();
                HikariDataSource byClass = new HikariDataSource();
                HikariDataSource byInstance = new HikariDataSource()) {
            byUrl.setJdbcUrl("jdbc:postgresql://h/db?socketFactoryArg=a+b%26c&x");
            byProperty.setJdbcUrl("jdbc:postgresql://h/db");
            byProperty.addDataSourceProperty("socketFactoryArg", "a b&c");
            byClass.setDataSourceClassName("org.postgresql.ds.PGSimpleDataSource");
            byClass.addDataSourceProperty("socketFactoryArg", "a b&c");
            PGSimpleDataSource inner = new PGSimpleDataSource();
            inner.setSocketFactoryArg("a b&c");
            byInstance.setDataSource(inner);
            for (HikariDataSource pool : new HikariDataSource[] {byUrl, byProperty, byClass, byInstance}) {
                assertThat(Twin.property(pool, "socketFactoryArg")).contains("a b&c");
                assertThat(Twin.property(new SwitchedSource(() -> pool), "socketFactoryArg"))
                        .contains("a b&c");
                assertThat(Twin.property(pool, "socketFactory")).isEmpty();
            }
        }
    }

    @Test
    void aDataSourceOfAnotherKindHasNoProperties() {
        try (HikariDataSource empty = new HikariDataSource()) {
            assertThat(Twin.property(empty, "socketFactory")).isEmpty();
            empty.setDataSourceJNDI("java:comp/x");
            assertThatCode(() -> Twin.property(empty, "socketFactory")).doesNotThrowAnyException();
            assertThatThrownBy(() -> Twin.of(empty, CATALOG)).hasMessageContaining("over JNDI \"java:comp/x\"");
        }
    }
}
