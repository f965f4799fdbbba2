// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where databases for tests come from and go to. Safe for use by many threads. */
public final class DatabaseStock implements AutoCloseable {

    /** How many sets of scripts have databases ready. */
    public static final int SHELVES_MAX = 4;

    /** How many databases may wait to be dropped; who closes one more drops it. */
    public static final int DROPS_MAX = 16;

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseStock.class);

    private final DataSource admin;
    private final int ahead;
    private final @Nullable Background background;
    private final Map<Object, Shelf> shelves = new LinkedHashMap<>(SHELVES_MAX, 0.75f, true);
    private boolean closed;

    private DatabaseStock(DataSource admin, int ahead, @Nullable Background background) {
        this.admin = admin;
        this.ahead = ahead;
        this.background = background;
    }

    /** One that makes each when it is taken, and drops it when it is given back. Needs no closing. */
    public static DatabaseStock none(DataSource admin) {
        return new DatabaseStock(admin, 0, null);
    }

    /** One that works ahead and behind. */
    public static DatabaseStock open(DataSource admin, int ahead) {
        return new DatabaseStock(admin, ahead, new Background("chaos-databases-1", DROPS_MAX));
    }

    /** A database that was made, and where it is. */
    public record Made(DatabaseName name, Address address) {}

    /**
     * Takes one that is ready, or makes one.
     *
     * @param names gives the next name
     * @throws ChaosException if it can't be made
     */
    public Made take(
            Class<?> origin, List<String> locations, InstantSource clock, String prefix, Supplier<DatabaseName> names) {
        List<Script> scripts = locations.stream()
                .map(location -> Script.read(origin, location))
                .toList();
        DatabaseCreation creation = new DatabaseCreation(new Template(admin, scripts, clock), names);
        Background worker = background;
        if (worker == null || ahead == 0) {
            requireOpen();
            return make(creation, prefix);
        }
        Shelf shelf = shelf(List.of(prefix, scripts));
        Made ready = shelf.take();
        Made taken = ready == null ? make(creation, prefix) : ready;
        for (int missing = shelf.order(ahead); missing > 0; missing--) {
            worker.soon(() -> shelf.put(isClosed() ? null : madeAhead(creation, prefix)));
        }
        return taken;
    }

    private Shelf shelf(Object key) {
        List<Shelf> surplus = new ArrayList<>();
        Shelf shelf;
        synchronized (this) {
            requireOpen();
            shelf = shelves.computeIfAbsent(key, any -> new Shelf(this::dropSoon));
            Iterator<Shelf> longestUnused = shelves.values().iterator();
            while (shelves.size() > SHELVES_MAX) {
                surplus.add(longestUnused.next());
                longestUnused.remove();
            }
        }
        surplus.forEach(Shelf::clear);
        return shelf;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "The pool of test databases must be open, but is closed. Take databases before the tests end.");
        }
    }

    private Made make(DatabaseCreation creation, String prefix) {
        try (Connection connection = admin.getConnection()) {
            Address address = Address.of(connection); // first: what fails behind the creation would leave the database
            DatabaseName name = creation.run(connection);
            return new Made(name, address.withDatabase(name.text()));
        } catch (SQLException e) {
            throw new ChaosException(
                    "A database with prefix \"" + prefix + "\" must be creatable, but the server answered "
                            + e.getSQLState() + ": " + e.getMessage() + ". Check that it runs.",
                    e);
        }
    }

    /** A test that needs one makes it itself then, and gets the error. */
    private @Nullable Made madeAhead(DatabaseCreation creation, String prefix) {
        try {
            return make(creation, prefix);
        } catch (RuntimeException e) { // a pool's DataSource has exceptions of its own
            LOG.debug("A database could not be made ahead", e);
            return null;
        }
    }

    /**
     * Drops a database, at once or soon.
     *
     * @throws ChaosException if it can't be dropped, as far as that is known at once
     */
    public void giveBack(DatabaseName name) {
        Background worker = background;
        if (worker == null) {
            drop(name);
            return;
        }
        onConnection(name, new DatabaseDrop(name)::requireDroppable);
        if (!worker.later(() -> drop(name))) {
            drop(name);
        }
    }

    private void dropSoon(Made unused) {
        Background worker = background;
        if (worker == null || !worker.later(() -> drop(unused.name()))) {
            drop(unused.name());
        }
    }

    private void drop(DatabaseName name) {
        onConnection(name, new DatabaseDrop(name)::run);
    }

    private void onConnection(DatabaseName name, Step step) {
        try (Connection connection = admin.getConnection()) {
            step.run(connection);
        } catch (SQLException e) {
            throw new ChaosException(
                    "Database \"" + name + "\" must be dropped after its test, but the server answered "
                            + e.getSQLState() + ": " + e.getMessage() + ". Drop it by hand, or leave it to the sweep.",
                    e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run(Connection connection) throws SQLException;
    }

    /**
     * Drops what is ready, waits for what is to be dropped. Twice is harmless.
     *
     * @throws ChaosException if one can't be dropped, or the thread does not end
     */
    @Override
    public void close() {
        List<Shelf> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(shelves.values());
            shelves.clear();
        }
        if (background != null) {
            try (Background ending = background) {
                all.forEach(Shelf::clear);
            }
        }
    }
}
