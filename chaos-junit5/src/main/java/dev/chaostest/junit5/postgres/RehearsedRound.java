// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.ChaosScope;
import dev.chaostest.postgres.teeth.Rehearsal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The round without sabotage, which shows where others can strike. */
final class RehearsedRound implements BeforeEachCallback, AfterTestExecutionCallback, TestWatcher {

    private static final Logger LOG = LoggerFactory.getLogger(RehearsedRound.class);

    private final MustCatch rounds;
    private @Nullable Rehearsal rehearsal;

    RehearsedRound(MustCatch rounds) {
        this.rounds = rounds;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        PostgresRound round = PostgresRound.of(context);
        Rehearsal watching = rounds.watched(Rehearsal.watch(round.mount()), context.getRequiredTestClass());
        rehearsal = round.scope().own("the rehearsal", watching);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Rehearsal watched = rehearsal;
        PostgresRound round = PostgresRound.of(context);
        ChaosScope scope = round.scope();
        if (watched != null
                && context.getExecutionException().isEmpty()
                && scope.dryRun().isEmpty()) {
            String found = rounds.found(watched, scope, round.contents());
            LOG.info("{} can be sabotaged at {}", scope.name(), found);
            context.publishReportEntry("chaos.mustCatch", found);
        }
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        rounds.over(true);
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        rounds.over(false);
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        rounds.over(false);
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        rounds.over(false);
    }
}
