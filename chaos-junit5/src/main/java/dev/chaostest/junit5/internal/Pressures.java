// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosPressure;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.pressure.Pressure;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test takes from itself while it runs, as its annotation says.
 *
 * @param heap bytes
 */
record Pressures(OptionalLong heap, int cpu, int threads) {

    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,8}) ?(KB|MB|GB)");
    private static final Map<String, Integer> SHIFTS = Map.of("KB", 10, "MB", 20, "GB", 30);

    /**
     * Reads it; empty if there is none.
     *
     * @throws ChaosException if it makes no sense
     */
    static Optional<Pressures> of(String test, ExtensionContext context) {
        return Tests.annotation(context, ChaosPressure.class).map(wanted -> of("@ChaosPressure on " + test, wanted));
    }

    private static Pressures of(String place, ChaosPressure wanted) {
        OptionalLong heap =
                wanted.heap().isEmpty() ? OptionalLong.empty() : OptionalLong.of(bytes(place, wanted.heap()));
        if (heap.isEmpty() && wanted.cpu() == 0 && wanted.threads() == 0) {
            throw new ChaosException(
                    place + " must take something, but takes nothing. Set heap, cpu or threads, or remove it.");
        }
        return new Pressures(heap, wanted.cpu(), wanted.threads());
    }

    private static long bytes(String place, String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new ChaosException(place + ": heap must be a number and KB, MB or GB, but was \"" + text
                    + "\". Write for example \"64MB\".");
        }
        return Long.parseLong(size.group(1)) << SHIFTS.getOrDefault(size.group(2), 0);
    }

    /** Takes it all, until the scope is healed; the scope owns it. */
    void takeIn(ChaosScope scope) {
        scope.requireFaultsAllowed();
        heap.ifPresent(bytes -> scope.own("heap pressure", Pressure.heap(scope.round(), bytes)));
        if (cpu != 0) {
            scope.own("CPU pressure", Pressure.cpu(scope.round(), cpu, 1));
        }
        if (threads != 0) {
            scope.own("thread pressure", Pressure.threads(scope.round(), threads));
        }
    }
}
