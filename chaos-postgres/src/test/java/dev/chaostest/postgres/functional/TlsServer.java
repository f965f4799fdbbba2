// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A server that insists on TLS, with a certificate for localhost that it has signed itself. */
final class TlsServer implements AutoCloseable {

    private static final String PASSWORD = "changeit";

    private final PostgresServer server;
    private final Path certificate;

    private TlsServer(PostgresServer server, Path certificate) {
        this.server = server;
        this.certificate = certificate;
    }

    static TlsServer start(Path directory) throws Exception {
        Path certificate = certificate(directory, "server");
        Path rules = directory.resolve("pg_hba.conf");
        Files.writeString(rules, "hostssl all all 127.0.0.1/32 trust\nhostssl all all ::1/128 trust\n");
        PostgresServer server = PostgresInstallation.prepare(ServerOptions.ofDefaults())
                .start(Map.of(
                        "ssl", "on",
                        "ssl_cert_file", certificate.toString(),
                        "ssl_key_file", directory.resolve("server.key").toString(),
                        "hba_file", rules.toString()));
        return new TlsServer(server, certificate);
    }

    /** Makes a key and a certificate, as files that PostgreSQL and the driver read. */
    static Path certificate(Path directory, String name) throws Exception {
        Path store = directory.resolve(name + ".p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process made = new ProcessBuilder(
                        (keytool + " -genkeypair -alias test -keyalg EC -validity 36500 -dname CN=localhost -ext "
                                        + "san=dns:localhost -storetype PKCS12 -storepass " + PASSWORD
                                        + " -keystore " + store)
                                .split(" "))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
        assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(made.exitValue()).isZero();
        return unpack(store, directory, name);
    }

    private static Path unpack(Path store, Path directory, String name) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path key = directory.resolve(name + ".key");
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                key,
                pem("PRIVATE KEY", keys.getKey("test", PASSWORD.toCharArray()).getEncoded()));
        return Files.writeString(
                directory.resolve(name + ".crt"),
                pem("CERTIFICATE", keys.getCertificate("test").getEncoded()));
    }

    private static String pem(String what, byte[] der) {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    }

    int majorVersion() {
        return server.majorVersion();
    }

    InetSocketAddress address() {
        return new InetSocketAddress("localhost", server.port());
    }

    /** Its URL without parameters. */
    String url() {
        return url(server.port());
    }

    /** The same by another port. */
    String url(int port) {
        return "jdbc:postgresql://localhost:" + port + "/postgres";
    }

    /** What a client must have that trusts nobody else. */
    Properties trusting(Properties properties, String sslMode) {
        Properties all = new Properties();
        all.putAll(properties);
        all.setProperty("user", "postgres");
        all.setProperty("socketTimeout", "30");
        all.setProperty("sslmode", sslMode);
        all.setProperty("sslrootcert", certificate.toString());
        return all;
    }

    @Override
    public void close() {
        server.close();
    }
}
