// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.FindingError;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a person is told of a round that has failed: the failure, with its report and where the evidence is. */
final class RoundFailure {

    private final ExtensionContext context;
    private final TestRound round;
    private final OnFailure onFailure = new OnFailure();
    private @Nullable String report;

    RoundFailure(ExtensionContext context, TestRound round) {
        this.context = context;
        this.round = round;
    }

    /** Asked when it fails; its lines become part of the report. */
    void onFailure(Supplier<List<String>> action) {
        onFailure.add(action);
    }

    /** The failure that carries all of it. */
    ChaosTestFailure of(Throwable thrown) {
        ChaosScope scope = round.scope();
        String title = round.sweep().map(swept -> swept.title(thrown, scope)).orElse("");
        String message = ChaosTestFailure.message(
                Tests.name(context) + ": " + title, thrown, findings(scope, thrown) + report(scope));
        return ChaosTestFailure.of(thrown, message + round.files().write(scope, thrown, message));
    }

    /** What else is wrong. */
    private static String findings(ChaosScope scope, Throwable thrown) {
        return thrown instanceof FindingError
                ? ""
                : scope.round().findings().stream()
                        .map(finding -> "\n  finding  : " + finding)
                        .collect(Collectors.joining());
    }

    /** What was injected, what came back, what was kept, and how to do it again. Made once; never throws. */
    private synchronized String report(ChaosScope scope) {
        if (report == null) {
            Replay replay = round.replay();
            report = FailureReport.of(scope, onFailure.lines())
                    + "\n  seed     : " + replay.seed()
                    + round.attempt().map(Attempt::line).orElseGet(() -> unshrunk(scope))
                    + "\n  replay   : "
                    + CommandLine.of(context, round.token().toString())
                    + (round.sweep().isPresent()
                            ? ""
                            : replay.unfixed(scope)); // a variant is one hit, whatever the counts
        }
        return report;
    }

    /** What JUnit does not run several times can't be shrunk. */
    private String unshrunk(ChaosScope scope) {
        TestRun run = TestRun.of(context);
        boolean wouldBe =
                round.sweep().isEmpty() && !run.isDryRun() && run.shrinking() > 0 && ChaosRounds.isMany(scope);
        return wouldBe ? "\n  shrunk   : not tried, since only a @ChaosTest is run again by itself; make it one" : "";
    }
}
