// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class StateGuardTest {

    private final StateGuard guard = new StateGuard();
    private final AtomicReference<String> zone = new AtomicReference<>("UTC");
    private final List<String> done = new ArrayList<>();

    @Test
    void whatWasChangedIsPutBack() {
        guard.remember("zone", zone::get, zone::set);
        zone.set("Pacific/Apia");
        guard.close();
        assertThat(zone).hasValue("UTC");

        zone.set("later");
        guard.close();
        assertThat(zone).as("twice is harmless").hasValue("later");
    }

    @Test
    void resetsRunNowAndAtTheEnd() {
        guard.reset("breakers", () -> done.add("reset"), () -> true);
        assertThat(done).containsExactly("reset");

        guard.close();
        assertThat(done).containsExactly("reset", "reset");
    }

    @Test
    void theLastIsPutBackFirst() {
        guard.remember("first", () -> "1", value -> done.add("first"));
        guard.remember("second", () -> "2", value -> done.add("second"));
        guard.close();

        assertThat(done).containsExactly("second", "first");
    }

    @Test
    void oneThatFailsKeepsNoOtherAndAllAreTold() {
        guard.remember("zone", zone::get, zone::set);
        IllegalStateException bug = new IllegalStateException("read only");
        guard.remember("one", () -> 1, value -> {
            throw bug;
        });
        guard.remember("two", () -> 2, value -> {
            throw new AssertionError("no");
        });
        zone.set("changed");

        assertThatThrownBy(guard::close)
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "two must be put back, but was not: java.lang.AssertionError: no. Later tests may see what this "
                                + "one left; see the cause.")
                .satisfies(first -> assertThat(first.getSuppressed())
                        .singleElement()
                        .satisfies(second -> assertThat(second)
                                .hasCause(bug)
                                .hasMessage(
                                        "one must be put back, but was not: java.lang.IllegalStateException: read only. "
                                                + "Later tests may see what this one left; see the cause.")));
        assertThat(zone).hasValue("UTC");
    }

    @Test
    void aSetterThatDoesNothingIsFound() {
        guard.remember("zone", zone::get, value -> {});
        zone.set("changed");

        assertThatThrownBy(guard::close)
                .hasRootCauseMessage("zone must be UTC again, but is changed. Check what sets it.");
    }

    @Test
    void aResetThatDoesNothingIsFoundAtOnce() {
        assertThatThrownBy(() -> guard.reset("metrics", () -> {}, () -> false))
                .isInstanceOf(ChaosException.class)
                .hasMessage("metrics must be clean after its reset, but is not. Check what the reset does.");
    }

    @Test
    void nothingIsGuardedOnceItIsClosed() {
        guard.close();

        assertThatThrownBy(() -> guard.remember("zone", zone::get, zone::set))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("zone must be guarded while the guard is open, but it is closed. Do it earlier.");
    }
}
