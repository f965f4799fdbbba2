// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * A TLS socket whose plain bytes pass a filter: the mount above TLS, for servers that insist on it.
 *
 * <p>What the client writes passes the filter and is encrypted then; what the server says is decrypted and passes it. All else
 * is as for a {@link FilteredSocket}: who waits, what ends a wait, what a cut looks like. Not affected: the handshake, the
 * session with its certificates, options, addresses, which are those of the socket inside.
 *
 * <pre>{@code
 * SSLSocket tls = (SSLSocket) factory.createSocket(socket, host, port, true);
 * SSLSocket filtered = new FilteredSslSocket(tls, socket, filter, System::nanoTime);
 * }</pre>
 *
 * <p>Safe for one reading, one writing and any number of closing threads, as any socket.
 *
 * @since 0.1
 */
// Closing must never wait for a monitor that a parked thread holds.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
public final class FilteredSslSocket extends LayeredSocket {

    private final SSLSocket tls;
    private final FilteredStreams streams;

    /**
     * A socket that is what the other one is.
     *
     * @param tls the socket inside; whoever has it must not use its streams
     * @param below what the socket inside is layered over
     * @param filter what becomes of the plain bytes; for this connection alone
     * @param nanoClock the time in nanoseconds, from any origin, never going back
     */
    public FilteredSslSocket(SSLSocket tls, Socket below, Filter filter, LongSupplier nanoClock) {
        super(tls);
        this.tls = tls;
        this.streams = new FilteredStreams(new Raw(tls, below), filter, nanoClock);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return streams.input();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return streams.output();
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        streams.setTimeout(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return streams.timeout();
    }

    @Override
    public void close() throws IOException {
        streams.close();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return tls.getEnabledCipherSuites();
    }

    @Override
    public String[] getSupportedProtocols() {
        return tls.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return tls.getEnabledProtocols();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        tls.setEnabledCipherSuites(suites);
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        tls.setEnabledProtocols(protocols);
    }

    @Override
    public SSLSession getSession() {
        return tls.getSession();
    }

    @Override
    public SSLSession getHandshakeSession() {
        return tls.getHandshakeSession();
    }

    @Override
    public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
        tls.addHandshakeCompletedListener(listener);
    }

    @Override
    public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
        tls.removeHandshakeCompletedListener(listener);
    }

    @Override
    public void startHandshake() throws IOException {
        tls.startHandshake();
    }

    @Override
    public void setUseClientMode(boolean on) {
        tls.setUseClientMode(on);
    }

    @Override
    public boolean getUseClientMode() {
        return tls.getUseClientMode();
    }

    @Override
    public void setNeedClientAuth(boolean on) {
        tls.setNeedClientAuth(on);
    }

    @Override
    public boolean getNeedClientAuth() {
        return tls.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean on) {
        tls.setWantClientAuth(on);
    }

    @Override
    public boolean getWantClientAuth() {
        return tls.getWantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean on) {
        tls.setEnableSessionCreation(on);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return tls.getEnableSessionCreation();
    }

    @Override
    public SSLParameters getSSLParameters() {
        return tls.getSSLParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        tls.setSSLParameters(parameters);
    }

    @Override
    public String getApplicationProtocol() {
        return tls.getApplicationProtocol();
    }

    @Override
    public String getHandshakeApplicationProtocol() {
        return tls.getHandshakeApplicationProtocol();
    }

    @Override
    public void setHandshakeApplicationProtocolSelector(BiFunction<SSLSocket, List<String>, String> selector) {
        tls.setHandshakeApplicationProtocolSelector(selector);
    }

    @Override
    public BiFunction<SSLSocket, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return tls.getHandshakeApplicationProtocolSelector();
    }

    @Override
    public String toString() {
        return tls.toString();
    }

    /** The socket as it is without a filter. */
    private static final class Raw implements FilteredStreams.Raw {
        private final SSLSocket tls;
        private final Socket below;
        private volatile boolean reset;

        Raw(SSLSocket tls, Socket below) {
            this.tls = tls;
            this.below = below;
        }

        @Override
        public InputStream in() throws IOException {
            return tls.getInputStream();
        }

        @Override
        public OutputStream out() throws IOException {
            return tls.getOutputStream();
        }

        @Override
        public void timeout(int millis) throws SocketException {
            tls.setSoTimeout(millis);
        }

        @Override
        public void linger() throws SocketException {
            below.setSoLinger(true, 0);
            reset = true;
        }

        @Override
        public void end() throws IOException {
            if (reset) { // TLS would say goodbye, which no connection does that breaks
                below.close();
            }
            try {
                tls.close();
            } catch (IOException e) {
                if (!reset) {
                    throw e;
                }
            }
        }
    }
}
