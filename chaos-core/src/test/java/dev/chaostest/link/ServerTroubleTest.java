// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.link.toxic.LimitData;
import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.link.toxic.Slicer;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Servers that are not there, and clients that are not ours. */
class ServerTroubleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String BODY = "all of it ".repeat(1_000);

    @Test
    void whereNobodyListensTheClientIsResetAndTheLedgerSaysWhy() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
        }
        assertThat(noteOfAFailedConnect(nobody))
                .isEqualTo("link bank could not connect to " + nobody + ", and reset its client: "
                        + "java.net.ConnectException: Connection refused");
    }

    @Test
    void aHostThatNobodyKnowsIsLookedUpWhenAClientComes() throws Exception {
        InetSocketAddress unknown = InetSocketAddress.createUnresolved("nobody.invalid", 5432);

        assertThat(noteOfAFailedConnect(unknown))
                .isEqualTo("link bank could not connect to nobody.invalid/<unresolved>:5432, and reset its client: "
                        + "java.net.UnknownHostException: nobody.invalid");
    }

    private static String noteOfAFailedConnect(InetSocketAddress server) throws Exception {
        try (ChaosScope scope = ChaosScope.open("trouble", Plan.of(new Seed(1)));
                Watch note = scope.ledger().watch(entry -> entry.toString().contains("could not connect"))) {
            TcpLink link = scope.link("bank", server);
            assertThatThrownBy(() -> {
                        try (Socket client = new Socket(link.address().getAddress(), link.port())) {
                            client.setSoTimeout(Ends.PATIENCE_MILLIS);
                            client.getInputStream().read();
                        }
                    })
                    .isInstanceOf(SocketException.class)
                    .hasMessageStartingWith("Connection reset");
            return ((LedgerEntry.Noted) note.await(PATIENCE)).text();
        }
    }

    @Test
    void aServerHasAPort() {
        assertThatThrownBy(() -> TcpLink.open("bank", InetSocketAddress.createUnresolved("localhost", 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("server of link bank must have a port between 1 and 65535, but was "
                        + "localhost/<unresolved>:0. Give the port that the server listens on.");
    }

    @Test
    void anHttpClientMeetsFaultsToo() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = BODY.getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
        try (ChaosScope scope = ChaosScope.open("http", Plan.of(new Seed(1)))) {
            TcpLink link = scope.link("web", server.getAddress());

            assertThat(get(link)).isEqualTo(BODY);
            link.during(
                    new Slicer(1, 99, Duration.ZERO),
                    () -> assertThat(get(link)).isEqualTo(BODY));
            scope.inject(Rule.of(LinkTarget.toClient("web"), Trigger.always(), new LimitData(5_000)));

            assertThatThrownBy(() -> get(link)).isInstanceOf(IOException.class);
            scope.verify();
        } finally {
            server.stop(0);
        }
    }

    private static String get(TcpLink link) throws IOException {
        HttpClient client = HttpClient.newHttpClient(); // of its own, so that no connection is kept from before
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + link.port() + "/"))
                .timeout(PATIENCE)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
