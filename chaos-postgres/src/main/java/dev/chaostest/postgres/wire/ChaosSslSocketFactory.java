// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Properties;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.postgresql.core.SocketFactoryFactory;
import org.postgresql.util.PSQLException;

/**
 * Puts the wire seam above TLS, for servers that insist on it: the class to name in pgjdbc's property {@code sslfactory}.
 *
 * <p>TLS is made by the driver's own factory, so {@code sslmode} with its checks, {@code sslrootcert}, {@code sslcert}, {@code
 * sslkey} and channel binding are as without; the seam sees what goes in and comes out. The key of the {@link WireMount} stands
 * in {@code sslfactoryarg}. Use it with {@link ChaosSocketFactory} below, which lets TLS pass then, and through which cancel
 * requests go and sessions that turn out to be plain: {@link WireMount#propertiesAboveTls} has all of them.
 *
 * <pre>{@code
 * Properties properties = WireMount.of("bank").propertiesAboveTls();
 * properties.setProperty("sslmode", "verify-full");
 * Connection connection = DriverManager.getConnection("jdbc:postgresql://db.test/bank", properties);
 * }</pre>
 *
 * <p>Needs pgjdbc. The driver makes one instance for each connection. Source: pgjdbc documentation, "Using SSL".
 *
 * @since 0.1
 */
public final class ChaosSslSocketFactory extends SSLSocketFactory {

    private final String key;
    private final SSLSocketFactory driversOwn;

    /**
     * @param driver the driver's properties
     * @throws PSQLException if the driver's own factory can't be made of them
     */
    public ChaosSslSocketFactory(Properties driver) throws PSQLException {
        this.key = driver.getProperty("sslfactoryarg", "");
        Properties without = new Properties();
        driver.stringPropertyNames().forEach(name -> without.setProperty(name, driver.getProperty(name)));
        without.remove("sslfactory");
        this.driversOwn = SocketFactoryFactory.getSslSocketFactory(without);
    }

    @Override
    public Socket createSocket(Socket below, String host, int port, boolean autoClose) throws IOException {
        if (key.isBlank()) {
            throw new IOException("sslfactoryarg must be the key of a wire mount, but is missing. "
                    + "Set it to a name of the DataSource, for example sslfactoryarg=bank.");
        }
        SSLSocket tls = (SSLSocket) driversOwn.createSocket(below, host, port, autoClose);
        return WireMount.of(key).sockets().openAbove(below, tls);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return driversOwn.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return driversOwn.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw notAbove();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw notAbove();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw notAbove();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw notAbove();
    }

    /** PostgreSQL's TLS begins on a connection that is there. */
    private static IOException notAbove() {
        return new IOException("TLS must be put above a connection that is there, but there was none. "
                + "Name this factory in pgjdbc's sslfactory only.");
    }
}
