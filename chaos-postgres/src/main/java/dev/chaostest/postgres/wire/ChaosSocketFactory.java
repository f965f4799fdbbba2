// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.postgres.wire.internal.Encryption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import javax.net.SocketFactory;

/**
 * Puts the wire seam under pgjdbc: the class to name in its property {@code socketFactory}.
 *
 * <p>The server sees the connections that it would see without. The key of the {@link WireMount} stands in {@code
 * socketFactoryArg}. TLS is refused: with {@code sslmode=prefer} the driver goes on without, with a mode that insists
 * the connection fails and says what to set. Above TLS there is {@link ChaosSslSocketFactory}. The driver makes one instance for each connection and each cancel request.
 *
 * <pre>{@code
 * jdbc:postgresql://localhost/bank?sslmode=disable
 *     &socketFactory=dev.chaostest.postgres.wire.ChaosSocketFactory&socketFactoryArg=bank
 * }</pre>
 *
 * <p>Safe for use by many threads. Source: pgjdbc documentation, "Connecting to the Database".
 *
 * @since 0.1
 */
public final class ChaosSocketFactory extends SocketFactory {

    private static final Set<String> TLS_MODES = Set.of("require", "verify-ca", "verify-full");

    private final Properties driver;

    /** @param driver the driver's properties */
    public ChaosSocketFactory(Properties driver) {
        this.driver = driver;
    }

    @Override
    public Socket createSocket() throws IOException {
        if (WireMount.SSL_FACTORY.equals(driver.getProperty("sslfactory"))) {
            return WireMount.of(key()).sockets().open(Encryption.Policy.READ_ABOVE);
        }
        requireNoTls();
        return WireMount.of(key()).sockets().open(Encryption.Policy.REFUSED);
    }

    private String key() throws IOException {
        String key = driver.getProperty("socketFactoryArg");
        if (key == null || key.isBlank()) {
            throw new IOException("socketFactoryArg must be the key of a wire mount, but is missing. "
                    + "Set it to a name of the DataSource, for example socketFactoryArg=bank.");
        }
        return key;
    }

    private void requireNoTls() throws IOException {
        String mode = driver.getProperty("sslmode", "prefer").toLowerCase(Locale.ROOT);
        if (TLS_MODES.contains(mode)) {
            throw tls("sslmode=" + mode);
        }
        String ssl = driver.getProperty("ssl");
        if (ssl != null && driver.getProperty("sslmode") == null && (ssl.isEmpty() || Boolean.parseBoolean(ssl))) {
            throw tls("ssl=" + ssl);
        }
    }

    private static IOException tls(String found) {
        return new IOException(
                "A connection through the wire seam must be without TLS, since the seam reads the protocol, "
                        + "but has " + found
                        + ". Set sslmode=disable for the test, or where the server insists on TLS use the "
                        + "properties of WireMount.propertiesAboveTls.");
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return connected(new InetSocketAddress(address, port), new InetSocketAddress(localAddress, localPort));
    }

    private Socket connected(InetSocketAddress remote) throws IOException {
        Socket socket = createSocket();
        socket.connect(remote);
        return socket;
    }

    private Socket connected(InetSocketAddress remote, InetSocketAddress local) throws IOException {
        Socket socket = createSocket();
        socket.bind(local);
        socket.connect(remote);
        return socket;
    }
}
