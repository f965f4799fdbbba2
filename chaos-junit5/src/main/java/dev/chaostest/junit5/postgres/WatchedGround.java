// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.explore.Ended;
import dev.chaostest.explore.Judgement;
import dev.chaostest.explore.RoundOracle;
import dev.chaostest.explore.Turn;
import dev.chaostest.junit5.internal.StoredResource;
import dev.chaostest.junit5.internal.SweepRound;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.sweep.SweepJudge;
import dev.chaostest.postgres.sweep.SweptSpace;
import dev.chaostest.postgres.sweep.TruthOracle;
import dev.chaostest.postgres.truth.Truth;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What the rounds of a sweep have in common where nothing is put back between them, since each has a server of its own, or a
 * pool that others use: what judges them. What they change is compared as anywhere else.
 */
final class WatchedGround implements AutoCloseable, RoundOracle {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(WatchedGround.class);
    private static final String PATH =
            "SELECT pg_catalog.current_setting('search_path'), ARRAY(SELECT s.n::text FROM (";
    /** Of a database that others use, what the test sees by itself. */
    private static final String SEEN = "SELECT pg_catalog.unnest(pg_catalog.current_schemas(false))";

    private @Nullable SweepJudge judge;
    /** That of this round, until the first asks for it: what sets the test up may make tables. */
    private @Nullable Supplier<SweptSpace> next;

    private WatchedGround() {}

    /** That of the sweep that a round belongs to; empty if it belongs to none, or to one whose data are put back. */
    @SuppressWarnings("unchecked") // the store's own key and type
    static Optional<WatchedGround> of(ExtensionContext context, TestRound round) {
        if (round.sweep().isEmpty() || SweptGround.isKeepable(context)) {
            return Optional.empty();
        }
        StoredResource<WatchedGround> stored = context.getParent()
                .orElseThrow()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        WatchedGround.class, key -> new StoredResource<>(new WatchedGround()), StoredResource.class);
        return Optional.of(stored.value());
    }

    /**
     * Has a round judged.
     *
     * @param dataSource as the test has it
     * @param admin past its seam
     */
    synchronized Truth begin(SweepRound round, ChaosScope scope, Place place, DataSource dataSource, DataSource admin) {
        Truth truth = scope.own("the truth about transactions", Truth.of(place.mount(), admin));
        Seen seen = seen(scope, place, dataSource);
        next = () -> scope.own(
                "the space", SweptSpace.watching(scope.name(), place.mount(), admin, seen.path, seen.schemas));
        round.judgedBy(new TruthOracle(truth));
        round.judgedBy(this);
        round.accept(thrown -> judge().isAccepted(thrown));
        round.whenRecorded(arrived -> judge().recorded(arrived));
        return truth;
    }

    private record Seen(String path, List<String> schemas) {}

    private static Seen seen(ChaosScope scope, Place place, DataSource dataSource) {
        String schemas = place.schema().isPresent() || !place.isApart() ? SEEN : KeptPlace.SCHEMAS;
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(PATH + schemas + ") s(n))")) {
            row.next();
            Seen seen = new Seen(
                    row.getString(1), List.of((String[]) row.getArray(2).getArray()));
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            return seen;
        } catch (SQLException e) {
            throw new ChaosException(
                    "A sweep must know the schemas of " + scope.name() + ", but the database answered "
                            + e.getSQLState() + ". Check that the server runs; see the cause.",
                    e);
        }
    }

    /** What judges the round that runs. */
    synchronized SweepJudge judge() {
        Supplier<SweptSpace> unseen = next;
        SweepJudge known = judge;
        if (unseen == null && known != null) {
            return known;
        }
        if (unseen == null) {
            throw new IllegalStateException("a round must begin before it is judged. Call begin first.");
        }
        SweptSpace space = unseen.get();
        next = null;
        if (known == null) {
            known = new SweepJudge(space, Clock.systemUTC());
            judge = known;
        } else {
            known.moveTo(space);
        }
        return known;
    }

    @Override
    public void begins(Turn turn) {
        judge().begins(turn);
    }

    @Override
    public Judgement judge(Ended round) {
        return judge().judge(round);
    }

    @Override
    public synchronized List<String> limits() {
        return judge == null ? List.of() : judge.limits();
    }

    @Override
    public synchronized void close() {
        if (judge != null) {
            judge.close();
        }
    }
}
