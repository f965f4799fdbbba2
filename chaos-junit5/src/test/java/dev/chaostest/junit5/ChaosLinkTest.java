// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.chaostest.ChaosScope;
import dev.chaostest.link.TcpLink;
import dev.chaostest.link.toxic.Latency;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ChaosLinkTest {

    /** A service of the test, and its address in all ways in which a test may say it. */
    @Tag(ChaosTags.RECOVERY)
    abstract static class Served {
        private final HttpServer service = start();
        final InetSocketAddress address = service.getAddress();
        final int port = address.getPort();

        private static HttpServer start() {
            try {
                HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
                server.createContext("/", exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
                server.start();
                return server;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        URI uri() {
            return URI.create("http://localhost:" + port + "/");
        }

        String text() {
            return "127.0.0.1:" + port;
        }

        @AfterEach
        void stop() {
            service.stop(0);
        }

        static int get(TcpLink link) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + link.port() + "/"))
                    .timeout(Duration.ofSeconds(30))
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void aTestGetsALinkToItsServer() {
        Inner inner = Inner.run(LinkedTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(4);
    }

    static class LinkedTestCases extends Served {
        @ChaosTest
        void thatItCanCut(@ChaosLink(to = "address") TcpLink link) throws Exception {
            assertThat(get(link)).isEqualTo(200);

            link.cut().during(() -> assertThatThrownBy(() -> get(link)).isInstanceOf(IOException.class));

            assertThat(get(link)).isEqualTo(200);
        }

        @ChaosTest
        void thatMeetsItsScope(@ChaosLink(to = "uri") TcpLink link, ChaosScope scope) throws Exception {
            link.during(
                    Latency.of(Duration.ofMillis(5)),
                    () -> assertThat(get(link)).isEqualTo(200));

            assertThat(scope.fired())
                    .isNotEmpty()
                    .allMatch(fired -> fired.hit().site().name().startsWith("uri"));
        }

        @ChaosTest
        void underANameOfItsOwn(@ChaosLink(to = "port", name = "shop") TcpLink link) throws Exception {
            assertThat(link.name()).isEqualTo("shop");
            assertThat(get(link)).isEqualTo(200);
        }

        @Nested
        class WhenNested {
            @ChaosTest
            void fromTheClassAround(@ChaosLink(to = "text") TcpLink link) throws Exception {
                assertThat(link.server().getPort()).isEqualTo(port);
                assertThat(get(link)).isEqualTo(200);
            }
        }
    }

    @Test
    void mistakesAreNamed() {
        assertThat(Inner.run(UnknownTestCases.class).message())
                .contains(
                        "@ChaosLink on ChaosLinkTest$UnknownTestCases.isNeverRun: to must be host:port, or name a field or "
                                + "a method without parameters of the test class, but there is no \"nowhere\". Add one that says "
                                + "where the server is.");
        assertThat(Inner.run(MissingTestCases.class).message())
                .contains(
                        "@ChaosLink on ChaosLinkTest$MissingTestCases.isNeverRun: to must say where the server is, but is "
                                + "missing, and ChaosLinkTest$MissingTestCases.isNeverRun has no PostgreSQL whose address is known. "
                                + "Set it to \"host:port\", or to the name of a field.");
        assertThat(Inner.run(KindTestCases.class).message())
                .contains(
                        "@ChaosLink on ChaosLinkTest$KindTestCases.isNeverRun: to must lead to an InetSocketAddress, a URI "
                                + "with a port, \"host:port\" or a port, but field kind is a Double, 1.5. Have it say where the "
                                + "server listens.");
        assertThat(Inner.run(PortTestCases.class).message())
                .contains(
                        "@ChaosLink on ChaosLinkTest$PortTestCases.isNeverRun: to must lead to an InetSocketAddress, a URI "
                                + "with a port, \"host:port\" or a port, but \"localhost:70000\" is a String, "
                                + "localhost:70000. Have it say where the server listens.");
        assertThat(Inner.run(TypeTestCases.class).message())
                .contains(
                        "@ChaosLink on ChaosLinkTest$TypeTestCases.isNeverRun must be on a TcpLink parameter of a test "
                                + "method, but is on a String of isNeverRun. Move it there.");
        assertThat(Inner.run(BeforeEachTestCases.class).message())
                .contains(
                        "@ChaosLink on ChaosLinkTest$BeforeEachTestCases.isNeverRun must be on a TcpLink parameter of a "
                                + "test method, but is on a TcpLink of before. Move it there.");
    }

    @Tag(ChaosTags.RECOVERY)
    static class UnknownTestCases {
        @ChaosTest
        void isNeverRun(@ChaosLink(to = "nowhere") TcpLink link) {}
    }

    @Tag(ChaosTags.RECOVERY)
    static class MissingTestCases {
        @ChaosTest
        void isNeverRun(@ChaosLink TcpLink link) {}
    }

    @Tag(ChaosTags.RECOVERY)
    static class KindTestCases {
        final Object kind = 1.5;

        @ChaosTest
        void isNeverRun(@ChaosLink(to = "kind") TcpLink link) {}
    }

    @Tag(ChaosTags.RECOVERY)
    static class PortTestCases {
        @ChaosTest
        void isNeverRun(@ChaosLink(to = "localhost:70000") TcpLink link) {}
    }

    @Tag(ChaosTags.RECOVERY)
    static class BeforeEachTestCases {
        @BeforeEach
        void before(@ChaosLink(to = "localhost:1") TcpLink link) {}

        @ChaosTest
        void isNeverRun() {}
    }

    @Tag(ChaosTags.RECOVERY)
    static class TypeTestCases {
        @ChaosTest
        void isNeverRun(@ChaosLink(to = "localhost:1") String link) {}
    }
}
