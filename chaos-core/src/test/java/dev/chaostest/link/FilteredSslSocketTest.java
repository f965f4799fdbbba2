// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** What a socket with a filter does it does above TLS, too. */
class FilteredSslSocketTest extends FilteredSocketTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path directory;

    private static SSLContext context;

    @BeforeAll
    static void certify() throws Exception {
        Path store = directory.resolve("server.p12");
        Process keytool = new ProcessBuilder((Path.of(System.getProperty("java.home"), "bin", "keytool")
                                + " -genkeypair -alias test -keyalg EC -validity 36500 -dname CN=localhost"
                                + " -storetype PKCS12 -storepass " + PASSWORD + " -keystore " + store)
                        .split(" "))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        context = trusting(store);
    }

    private static SSLContext trusting(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry("test", keys.getCertificate("test"));
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(known);
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return made;
    }

    @Override
    ServerSocket listen() throws IOException {
        return context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @Override
    Socket connect(Filter through, LongSupplier nanoClock, ServerSocket to) throws IOException {
        Socket below = new Socket(to.getInetAddress(), to.getLocalPort());
        SSLSocket tls =
                (SSLSocket) context.getSocketFactory().createSocket(below, "localhost", to.getLocalPort(), true);
        return new FilteredSslSocket(tls, below, through, nanoClock);
    }

    @Override
    Socket accept(ServerSocket at, Socket from) throws IOException {
        SSLSocket server = (SSLSocket) at.accept();
        FutureTask<Boolean> answering = new FutureTask<>(() -> {
            server.startHandshake();
            return true;
        });
        Thread thread = new Thread(answering, "handshake");
        thread.setDaemon(true);
        thread.start();
        ((SSLSocket) from).startHandshake();
        try {
            answering.get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException(e);
        }
        return server;
    }
}
