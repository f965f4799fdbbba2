// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Filter;
import dev.chaostest.link.FilteredSocket;
import dev.chaostest.link.FilteredSslSocket;
import dev.chaostest.mount.Callers;
import dev.chaostest.mount.Mount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Hang;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wire seam of one DataSource, found by its key.
 *
 * <p>Every connection that is opened with these driver properties passes the seam, whoever opens it and whenever, and is
 * hit as soon as a round is armed on {@link #mount}. While none is armed, nothing changes. The properties are
 * <ul>
 *   <li>{@code socketFactory=dev.chaostest.postgres.wire.ChaosSocketFactory}
 *   <li>{@code socketFactoryArg=bank}, the key
 *   <li>{@code sslmode=disable}, since the seam reads the protocol; above TLS: {@link #propertiesAboveTls}
 * </ul>
 * in a URL, in {@link Properties}, in HikariCP's {@code dataSourceProperties}, or in Spring Boot as {@code
 * spring.datasource.hikari.data-source-properties.socketFactory} and so on.
 *
 * <pre>{@code
 * HikariConfig config = new HikariConfig();
 * config.setJdbcUrl(url);
 * config.setDataSourceProperties(WireMount.of("bank").properties());
 * try (var armed = WireMount.of("bank").mount().arm(round)) { ... }
 * }</pre>
 *
 * <p>What counts as one arrival: an Execute of a prepared statement (fetching more of its rows does not), an element of
 * a batch, a query string (also one with several statements), a function call (pgjdbc uses them for large objects), the begin and the
 * end of a session; and, at the seam {@code wire}, a row, a notification, a cancel request.
 *
 * <p>The mount may be asked for before or after the first connection. Safe for use by many threads.
 *
 * @since 0.1
 */
public final class WireMount implements AutoCloseable {

    /** The driver makes its socket factories by itself, so they find their mount here and nowhere else. */
    private static final Map<String, WireMount> BY_KEY = new ConcurrentHashMap<>();

    /** In words, since it needs a driver that others do without. */
    static final String SSL_FACTORY = "dev.chaostest.postgres.wire.ChaosSslSocketFactory";

    private static final Logger LOG = LoggerFactory.getLogger(WireMount.class);
    private static final AtomicLong TWINS = new AtomicLong();

    private final String key;
    private final Mount mount;
    private final BlindSpots blind;
    private final Backends backends = new Backends();
    private volatile LockedKey locked = LockedKey.NONE;
    private volatile Optional<StatementObserver> observer = Optional.empty();
    /** As many as are open, each with who opened it. */
    private final Map<Socket, Optional<String>> open = new ConcurrentHashMap<>();
    /** Those of them that have TLS above. */
    private final Map<Socket, SSLSocket> above = new ConcurrentHashMap<>();

    private WireMount(String key, String thing) {
        this.key = key;
        this.mount = new Mount(
                thing,
                Map.of(
                        SqlSites.SEAM,
                                Set.of(Delay.class, Hang.class, Cut.class, ServerError.class, SlowStatement.class),
                        WireSites.SEAM, Set.of(Delay.class, Hang.class, Cut.class)));
        this.blind = new BlindSpots(mount, thing);
    }

    /**
     * The mount of this key, the same every time.
     *
     * @param key not blank
     */
    public static WireMount of(String key) {
        if (key.isBlank()) {
            throw new ChaosException(
                    "The key of a wire mount must be a name, but was blank. Give the DataSource a name, "
                            + "for example socketFactoryArg=bank.");
        }
        return BY_KEY.computeIfAbsent(key, WireMount::ofDataSource);
    }

    /**
     * A mount with a key that no other has, for a second DataSource to the same database. Close it when the DataSource
     * is closed.
     *
     * @param prefix what the key begins with, not blank
     */
    public static WireMount twinOf(String prefix) {
        return register(() -> ofDataSource(prefix + "-twin-" + TWINS.incrementAndGet()));
    }

    /** The mount of a link, with a key that no other has. */
    static WireMount ofLink(String name) {
        return register(() -> new WireMount(name + "-link-" + TWINS.incrementAndGet(), "the wire of link " + name));
    }

    private static WireMount ofDataSource(String key) {
        return new WireMount(key, "the DataSource \"" + key + "\"");
    }

    private static WireMount register(Supplier<WireMount> next) {
        WireMount mount;
        do {
            mount = next.get();
        } while (BY_KEY.putIfAbsent(mount.key, mount) != null);
        return mount;
    }

    /** The open session that a cancel request names: it may come another way than the session. */
    static Optional<Session> findSession(BackendKey key) {
        return BY_KEY.values().stream()
                .flatMap(mount -> mount.backends.find(key).stream())
                .findFirst();
    }

    /** What rounds are armed on. */
    public Mount mount() {
        return mount;
    }

    /** The key, as in {@code socketFactoryArg}. */
    public String key() {
        return key;
    }

    /** The driver properties that make connections pass this seam. */
    public Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("socketFactory", ChaosSocketFactory.class.getName());
        properties.setProperty("socketFactoryArg", key);
        properties.setProperty("sslmode", "disable");
        return properties;
    }

    /**
     * The driver properties that make connections pass this seam above TLS, for servers that insist on it. {@code sslmode} is
     * {@code require}, and may be set to a stricter one; the driver's other properties for TLS hold as ever. Needs pgjdbc.
     */
    public Properties propertiesAboveTls() {
        Properties properties = properties();
        properties.setProperty("sslmode", "require");
        properties.setProperty("sslfactory", SSL_FACTORY);
        properties.setProperty("sslfactoryarg", key);
        return properties;
    }

    /** The filter for one new connection, for a mount of another kind. */
    public Filter newFilter() {
        return newFilter(Optional.empty(), Encryption.Policy.REFUSED);
    }

    /** The filter for one new connection in which the client and the server may agree to encrypt. */
    Filter newFilter(Encryption.Policy encryption) {
        return newFilter(Optional.empty(), encryption);
    }

    private Filter newFilter(Optional<String> openedBy, Encryption.Policy encryption) {
        Shared shared = new Shared(mount, backends, () -> locked, () -> observer);
        return new WireFilter(shared, openedBy, new Encryption(encryption, blind));
    }

    /** A socket for one new connection of the driver's. */
    Socket newSocket(Encryption.Policy encryption) {
        Optional<String> by = Optional.ofNullable(Callers.nearest(Session.MACHINERY));
        Socket socket = new FilteredSocket(newFilter(by, encryption), System::nanoTime);
        opened(socket, by);
        return socket;
    }

    /** A socket above TLS, whose end is that of the one below. */
    SSLSocket newSocketAbove(Socket below, SSLSocket tls) {
        Optional<String> by = Optional.ofNullable(Callers.nearest(Session.MACHINERY));
        SSLSocket socket = new FilteredSslSocket(tls, newFilter(by, Encryption.Policy.REFUSED), System::nanoTime);
        opened(below, by);
        above.put(below, socket);
        return socket;
    }

    private void opened(Socket socket, Optional<String> by) {
        open.keySet().removeIf(Socket::isClosed);
        above.keySet().removeIf(Socket::isClosed);
        open.put(socket, by);
    }

    /** The processes of the server that serve its open sessions; for looking them up, and for ending only these. */
    public List<Integer> backends() {
        return backends.pids();
    }

    /**
     * Its sessions: those that are open, and the last 1,000 that have ended, whose backends may live on. In the order in which
     * they were opened.
     */
    public List<WireSession> sessions() {
        return backends.sessions();
    }

    /** The names of transactions that its sessions have prepared for two-phase commit, whatever became of them; 1,000 at most. */
    public Set<String> prepared() {
        return backends.prepared();
    }

    /**
     * Lets {@link ServerError#lockTimeout} be real: a session of its own holds an advisory lock, for which a statement then
     * waits too long.
     *
     * @param admin connects past this seam
     * @return closing it lets go of the lock
     * @throws ChaosException if it can't be taken
     */
    public AutoCloseable lockedBy(DataSource admin) {
        LockKeeper keeper = LockKeeper.open(admin);
        locked = keeper.key();
        return () -> {
            if (locked.equals(keeper.key())) { // a later one may have come in its place
                locked = LockedKey.NONE;
            }
            keeper.close();
        };
    }

    /**
     * Tells of each statement before it goes out, from now on, on open connections as well as on new ones.
     *
     * @return closing it ends that
     * @throws ChaosException if somebody else is told already
     */
    public synchronized AutoCloseable observe(StatementObserver told) {
        if (observer.isPresent()) {
            throw new ChaosException("At most one must observe the statements of " + mount.name()
                    + " at a time, but one does already. Close that one first.");
        }
        observer = Optional.of(told);
        return () -> {
            if (observer.filter(told::equals).isPresent()) { // a later one may have come in its place
                observer = Optional.empty();
            }
        };
    }

    /** The connections that are open now, one sentence each; for a twin, at its end, those that somebody forgot. */
    public List<String> leftOpen() {
        return open.entrySet().stream()
                .filter(each -> each.getKey().isConnected() && !each.getKey().isClosed())
                .map(each -> "a connection"
                        + each.getValue().map(by -> " that was opened by " + by).orElse(""))
                .sorted()
                .toList();
    }

    /** Forgets the key, and closes the connections that are still open. Twice is harmless. */
    @Override
    public void close() {
        BY_KEY.remove(key, this);
        above.values().forEach(WireMount::close);
        open.keySet().forEach(WireMount::close);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("A connection that was left open could not be closed", e);
        }
    }

    @Override
    public String toString() {
        return mount.name();
    }
}
