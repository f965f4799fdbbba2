// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.evidence.internal.Occasion;
import dev.chaostest.junit5.evidence.internal.Section;
import dev.chaostest.junit5.evidence.internal.Witness;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.monitor.ServerState;
import dev.chaostest.postgres.monitor.WaitGraph;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Says what the server of a failed test was doing, and cancels what the test has running there when it timed out. */
final class ServerWitness implements Witness {

    private static final String NAME = "PostgreSQL";

    private final Database database;
    private final Supplier<List<Integer>> backends;
    private volatile @Nullable Look ahead;
    private volatile @Nullable ServerState last;

    /** @param backends the process ids of the test's own sessions, now */
    ServerWitness(Database database, Supplier<List<Integer>> backends) {
        this.database = database;
        this.backends = backends;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Section> testify(Occasion occasion) {
        Set<Integer> own = Set.copyOf(backends.get());
        try (WireMount unarmed = WireMount.twinOf("evidence");
                Connection connection = database.lookout(unarmed).getConnection()) {
            List<Section> sections = new ArrayList<>(state(connection, own));
            if (occasion == Occasion.TIMED_OUT) {
                List<String> done = Cancellation.of(own, last).lines(connection);
                sections.add(0, new Section("Done before the interrupt", done));
            }
            return sections;
        } catch (SQLException e) {
            return List.of(Section.of(NAME, "could not be asked: " + e.getSQLState() + ", " + e.getMessage()));
        }
    }

    private List<Section> state(Connection connection, Set<Integer> own) {
        try {
            ServerState state = ServerState.read(connection);
            last = state;
            List<Section> sections = new ArrayList<>();
            sections.add(waits("Who waited for whom on the server", state, own));
            earlier(new Look(state, own)).ifPresent(sections::add);
            List<String> rows = new ArrayList<>(state.describeSessions(own));
            rows.add(own.isEmpty() ? "the test had no open connection" : "* a connection of the test");
            sections.add(new Section(
                    "Sessions in database " + state.database() + ", as " + state.role() + " sees them", rows));
            sections.add(new Section("Locks of these sessions", state.describeLocks()));
            return sections;
        } catch (SQLException e) {
            return List.of(Section.of(NAME, "did not say what it does: " + e.getSQLState() + ", " + e.getMessage()));
        }
    }

    /** A statement that has given up does not wait any more; but it did. */
    private Optional<Section> earlier(Look now) {
        Look before = ahead;
        return before == null || !before.isWaiting() || now.isWaiting()
                ? Optional.empty()
                : Optional.of(waits(
                        "Who waited for whom at " + before.state().takenAt().truncatedTo(ChronoUnit.MILLIS)
                                + ", before the statement timed out",
                        before.state(),
                        before.own()));
    }

    /** Where somebody waits, a picture says more than chains. */
    private static Section waits(String title, ServerState state, Set<Integer> own) {
        WaitGraph graph = state.waitGraph();
        return new Section(title, graph.lines(own), graph.isEmpty() ? Optional.empty() : Optional.of(graph.svg(own)));
    }

    @Override
    public void lookAhead() throws SQLException {
        Set<Integer> own = Set.copyOf(backends.get());
        try (WireMount unarmed = WireMount.twinOf("evidence");
                Connection connection = database.lookout(unarmed).getConnection()) {
            ahead = new Look(ServerState.read(connection), own);
        }
    }

    /** What was seen, and the process ids of the test's own sessions then. */
    private record Look(ServerState state, Set<Integer> own) {
        boolean isWaiting() {
            return state.blockings().stream().anyMatch(blocking -> own.contains(blocking.waiting()));
        }
    }

    @Override
    public List<String> versions() {
        return Optional.ofNullable(last)
                .map(ServerState::version)
                .or(() -> database.server().map(Postgres::version))
                .map(version -> List.of(NAME + " " + version))
                .orElse(List.of());
    }

    @Override
    public Set<String> secrets() {
        return database.secrets();
    }
}
