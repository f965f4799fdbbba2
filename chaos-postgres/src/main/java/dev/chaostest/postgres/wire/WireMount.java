// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Filter;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.wire.internal.Announcer;
import dev.chaostest.postgres.wire.internal.Backends;
import dev.chaostest.postgres.wire.internal.BlindSpots;
import dev.chaostest.postgres.wire.internal.Carried;
import dev.chaostest.postgres.wire.internal.DriverSockets;
import dev.chaostest.postgres.wire.internal.Encryption;
import dev.chaostest.postgres.wire.internal.Hopeless;
import dev.chaostest.postgres.wire.internal.LockKeeper;
import dev.chaostest.postgres.wire.internal.LockedKey;
import dev.chaostest.postgres.wire.internal.Session;
import dev.chaostest.postgres.wire.internal.Shared;
import dev.chaostest.postgres.wire.internal.WireFilter;
import dev.chaostest.postgres.wire.protocol.internal.BackendKey;
import dev.chaostest.postgres.wire.protocol.internal.CancelSender;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

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
 * end of a session; and, at the seam {@code wire}, a row, a notification, a cancel request, and any other message that a rule
 * of the round is about.
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

    private static final AtomicLong TWINS = new AtomicLong();

    private final String key;
    private final Mount mount;
    private final BlindSpots blind;
    private final Backends backends;

    /** The DataSource of the same round, whose watchers see the sessions of a link, too; empty if there is none. */
    private final Optional<WireMount> joined;

    private final boolean isDataSource;

    private volatile LockedKey locked = LockedKey.NONE;
    private volatile Optional<Announcer> announcer = Optional.empty();
    private volatile Optional<Consumer<Refused>> refused = Optional.empty();
    private volatile Optional<TransactionObserver> transactions = Optional.empty();
    private final AtomicLong cancelNumbers = new AtomicLong();
    private final DriverSockets sockets =
            new DriverSockets((by, encryption, server) -> newFilter(Hopeless.ofDataSource(), by, encryption, server));

    private WireMount(String key, String thing, boolean isDataSource, Optional<WireMount> joined) {
        this.isDataSource = isDataSource;
        this.joined = joined;
        this.backends = joined.map(other -> other.backends).orElseGet(() -> new Backends(WireMount::findSession));
        this.key = key;
        this.mount = new Mount(thing, Carried.faults());
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

    /**
     * The mount of a link, with a key that no other has. Where the round is armed on a DataSource already, who watches that one
     * (for the truth, for what is left) watches the link, too: both are the test's.
     */
    static WireMount ofLink(String name, Round round) {
        List<WireMount> sources = BY_KEY.values().stream()
                .filter(each -> each.isDataSource && each.mount.armed() == round)
                .toList();
        Optional<WireMount> only = sources.size() == 1 ? Optional.of(sources.get(0)) : Optional.empty();
        return register(() ->
                new WireMount(name + "-link-" + TWINS.incrementAndGet(), "the wire of link " + name, false, only));
    }

    private static WireMount ofDataSource(String key) {
        return new WireMount(key, "the DataSource \"" + key + "\"", true, Optional.empty());
    }

    private static WireMount register(Supplier<WireMount> next) {
        WireMount mount;
        do {
            mount = next.get();
        } while (BY_KEY.putIfAbsent(mount.key, mount) != null);
        return mount;
    }

    /** The open session that a cancel request names: it may come another way than the session. */
    private static Optional<Session> findSession(BackendKey key) {
        return BY_KEY.values().stream()
                .flatMap(mount -> mount.backends.find(key).stream())
                .findFirst();
    }

    /** Whether reads of the socket with this address end by themselves; empty if no mount has made it. */
    static Optional<Boolean> isTimed(SocketAddress client) {
        return BY_KEY.values().stream()
                .flatMap(mount -> mount.sockets.isTimed(client).stream())
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
        return newFilter(Hopeless.ofDataSource(), Optional.empty(), Encryption.Policy.REFUSED, () -> null);
    }

    /**
     * The filter for one new connection in which the client and the server may agree to encrypt.
     *
     * @param hopeless what becomes of those who wait there without end
     * @param server where cancel requests of ours go; null while that is not known
     */
    Filter newFilter(Hopeless hopeless, Encryption.Policy encryption, Supplier<@Nullable SocketAddress> server) {
        return newFilter(hopeless, Optional.empty(), encryption, server);
    }

    private Filter newFilter(
            Hopeless hopeless,
            Optional<String> openedBy,
            Encryption.Policy encryption,
            Supplier<@Nullable SocketAddress> server) {
        CancelSender cancels = new CancelSender(cancelNumbers, server);
        return new WireFilter(
                new Shared(
                        mount,
                        backends,
                        () -> locked,
                        () -> announcer,
                        this::refused,
                        this::transactions,
                        cancels,
                        hopeless),
                openedBy,
                new Encryption(encryption, blind));
    }

    private Optional<Consumer<Refused>> refused() {
        return refused.or(() -> joined.flatMap(WireMount::refused));
    }

    private Optional<TransactionObserver> transactions() {
        return transactions.or(() -> joined.flatMap(WireMount::transactions));
    }

    /** The sockets of the driver's connections. */
    DriverSockets sockets() {
        return sockets;
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
        if (announcer.isPresent()) {
            throw new ChaosException("At most one must observe the statements of " + mount.name()
                    + " at a time, but one does already. Close that one first.");
        }
        Announcer own = (pid, sql, caller) -> StatementObserver.Arriving.announce(told, pid, sql, caller);
        announcer = Optional.of(own);
        return () -> {
            if (announcer.filter(own::equals).isPresent()) { // a later one may have come in its place
                announcer = Optional.empty();
            }
        };
    }

    /**
     * Tells of each statement that the server refuses since its transaction has failed, from now on, in place of whom it told
     * before. Called on the thread that reads the answer, which must not be made to wait. While no round is armed, of query
     * strings the text is not known.
     *
     * @return closing it ends that
     */
    public AutoCloseable onRefused(Consumer<Refused> told) {
        refused = Optional.of(told);
        return () -> {
            if (refused.filter(told::equals).isPresent()) { // a later one may have come in its place
                refused = Optional.empty();
            }
        };
    }

    /**
     * Tells of the end of each transaction while a round is armed, from now on, on open connections as well as on new ones.
     *
     * @return closing it ends that
     * @throws ChaosException if somebody else is told already
     */
    public synchronized AutoCloseable follow(TransactionObserver told) {
        if (transactions.isPresent()) {
            throw new ChaosException("At most one must follow the transactions of " + mount.name()
                    + " at a time, but one does already. Close that one first.");
        }
        transactions = Optional.of(told);
        return () -> {
            if (transactions.filter(told::equals).isPresent()) { // a later one may have come in its place
                transactions = Optional.empty();
            }
        };
    }

    /** Closes the connections that are open now, as if the network had, and leaves the mount as it is. */
    public void closeConnections() {
        sockets.close();
    }

    /** The connections that are open now, one sentence each; for a twin, at its end, those that somebody forgot. */
    public List<String> leftOpen() {
        return sockets.left();
    }

    /** Forgets the key, and closes the connections that are still open. Twice is harmless. */
    @Override
    public void close() {
        BY_KEY.remove(key, this);
        closeConnections();
    }

    @Override
    public String toString() {
        return mount.name();
    }
}
