// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a person needs to understand a red round, in aligned lines. */
final class FailureReport {

    private static final int FAULTS_SHOWN = 10;

    private FailureReport() {}

    static String of(ChaosScope scope, List<String> evidence) {
        List<String> lines = new ArrayList<>();
        List<LedgerEntry.Fired> fired = scope.fired();
        fired.stream().limit(FAULTS_SHOWN).forEach(each -> lines.addAll(fault(scope, each)));
        if (fired.size() > FAULTS_SHOWN) {
            lines.add("faults   : and " + (fired.size() - FAULTS_SHOWN) + " more");
        }
        if (fired.isEmpty()) {
            lines.addAll(nothing(scope.plan().rules()));
        }
        lines.addAll(evidence);
        return lines.stream().map(line -> "\n  " + line).collect(Collectors.joining());
    }

    private static List<String> fault(ChaosScope scope, LedgerEntry.Fired fired) {
        List<String> lines = new ArrayList<>();
        lines.add("fault    : " + fired.fault());
        lines.add("site     : " + fired.hit() + (fired.caller() == null ? "" : ", from " + fired.caller()));
        lines.add("came back: "
                + scope.ledger().entries(LedgerEntry.Answered.class).stream()
                        .filter(answer -> answer.fired() == fired.sequence())
                        .map(LedgerEntry.Answered::answer)
                        .findFirst()
                        .orElse("nothing was seen to come back"));
        return lines;
    }

    private static List<String> nothing(List<Rule> planned) {
        return planned.isEmpty()
                ? List.of("faults   : none were planned")
                : planned.stream()
                        .map(rule -> "faults   : none struck; planned was " + rule)
                        .toList();
    }
}
