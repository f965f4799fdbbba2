// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.junit5.internal.StoredResource;
import dev.chaostest.junit5.internal.SweepRound;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.junit5.internal.Tests;
import dev.chaostest.postgres.sweep.Sweep;
import dev.chaostest.postgres.sweep.SweepJudge;
import dev.chaostest.postgres.sweep.TruthOracle;
import dev.chaostest.postgres.truth.Truth;
import java.time.Clock;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What all rounds of a sweep have in common: a place that is made once and put back before each round, and what judges them.
 *
 * <p>Where a round changes definitions, the next one has a new place.
 */
final class SweptGround implements AutoCloseable {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SweptGround.class);

    private final ExtensionContext template;
    private final SweepJudge judge;
    private KeptPlace kept;

    private SweptGround(ExtensionContext template, TestRound round) {
        this.template = template;
        this.kept = new KeptPlace(template, round);
        this.judge = new SweepJudge(kept.space(), Clock.systemUTC());
    }

    /** That of the sweep that a round belongs to; empty if it belongs to none, or if nothing can be put back. */
    @SuppressWarnings("unchecked") // the store's own key and type
    static Optional<SweptGround> of(ExtensionContext context, TestRound round) {
        if (round.sweep().isEmpty() || !isKeepable(context)) {
            return Optional.empty();
        }
        ExtensionContext template = context.getParent().orElseThrow();
        StoredResource<SweptGround> stored = template.getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        SweptGround.class,
                        key -> new StoredResource<>(new SweptGround(template, round)),
                        StoredResource.class);
        SweptGround ground = stored.value();
        ground.restore(round);
        return Optional.of(ground);
    }

    /** A server of the test's own may be broken for good, and who shares a pool shares its data. */
    static boolean isKeepable(ExtensionContext context) {
        return !OwnSpace.of(Tests.classes(context), context.getTestMethod()).server()
                && Databases.around(context).attached().isEmpty();
    }

    Place place() {
        return kept.place();
    }

    DataSource dataSource() {
        return kept.dataSource();
    }

    /** The pool for those who ask for one. */
    DataSource pool() {
        return kept.pool();
    }

    Truth truth() {
        return kept.truth();
    }

    Sweep sweep() {
        return judge.sweep();
    }

    /** Has a round judged. */
    void begin(SweepRound round) {
        kept.truth().forget();
        round.judgedBy(new TruthOracle(kept.truth()));
        round.judgedBy(judge);
        round.accept(judge::isAccepted);
        round.whenRecorded(judge::recorded);
    }

    /** Before anything of a round is made. */
    private void restore(TestRound round) {
        boolean isShifted = round.sweep().orElseThrow().isShifted();
        if (!kept.space().begin(isShifted)) {
            kept.close();
            kept = new KeptPlace(template, round);
            judge.moveTo(kept.space());
            kept.space().begin(isShifted);
        }
    }

    @Override
    public void close() {
        try (judge) {
            kept.close();
        }
    }
}
