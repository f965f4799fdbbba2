// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.explore.Budget;
import dev.chaostest.explore.Choice;
import dev.chaostest.explore.Sweeping;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.time.TimeSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Reads what a {@link ChaosSweep} asks for, and refuses what makes no sense. */
final class SweepRequest {

    /** A sweep plans nothing of its own beside its variant, whose id tells whether it is still the same. */
    static final int FINGERPRINT = 0;

    private SweepRequest() {}

    static Optional<ChaosSweep> find(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getTestMethod(), ChaosSweep.class);
    }

    static ChaosSweep of(ExtensionContext template) {
        ChaosSweep wanted = find(template).orElseThrow();
        if (!CallFaults.of(Tests.name(template), Tests.classes(template), template.getTestMethod())
                .isEmpty()) {
            throw ownFaults(Tests.name(template));
        }
        return wanted;
    }

    /** @param first variants that come before all others */
    static Sweeping sweeping(ChaosSweep wanted, ExtensionContext template, Set<Integer> first) {
        String place = "@ChaosSweep on " + Tests.name(template);
        try {
            Budget budget = new Budget(wanted.maxRounds(), Durations.parse("maxTime", wanted.maxTime()));
            Choice choice = new Choice(Set.of(wanted.faults()), replayed(template), first);
            Sweeping sweeping = new Sweeping(Tests.name(template), budget, choice, TimeSource.system());
            if (TestRun.of(template).isDryRun()) {
                sweeping.onlyCount();
            }
            return sweeping;
        } catch (ChaosException e) {
            throw new ChaosException(place + ": " + e.getMessage(), e);
        }
    }

    private static Set<Integer> replayed(ExtensionContext template) {
        return TestRun.of(template).seeds().replayOf(template).stream()
                .flatMapToInt(token -> token.variant().stream())
                .boxed()
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What a test is told that has both. */
    static ChaosException ownFaults(String test) {
        return new ChaosException(
                "A sweep chooses its faults by itself, one in each round, so " + test
                        + " must have no other, but an annotation on it or on its class plans one. Move that to a test of its own.");
    }

    /** What a test is told that JUnit runs outside the sweep, too. */
    static ChaosException anotherTest(ExtensionContext context) {
        return new ChaosException(
                "@ChaosSweep on " + Tests.name(context) + " must be the only annotation that makes it a "
                        + "test, but there is another, such as @Test or @ChaosTest. Remove that one.");
    }
}
